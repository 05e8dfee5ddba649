// What other budgets would have bought: importance against cost, for widths chosen jointly and for the same share of
// every group, with what this plan took.

import type { TradeCurve, TradePoint } from "@espalier/core";
import { axisX, axisY, dot, gridX, gridY, line, ruleX, text } from "@observablehq/plot";
import { drawPlot, responsive } from "../plot/draw-plot.js";
import { html, type Markup } from "../text/markup.js";
import { formatQuantity, formatShare, formatTick, formatTogether, type Quantity } from "../text/quantity.js";
import type { View } from "./view.js";

const QUANTITIES: Readonly<Record<TradeCurve["unit"], Quantity>> = {
  ms: "ms",
  MACs: "macs",
  parameters: "count",
  bytes: "bytes",
};
const NOUNS: Readonly<Record<TradeCurve["unit"], string>> = {
  ms: "predicted latency",
  MACs: "multiply-accumulates",
  parameters: "weights",
  bytes: "bytes of the file",
};
/** More points than a planner samples are thinned. */
const MOST_POINTS = 120;

export const frontierView: View = {
  id: "frontier",
  heading: "Frontier",
  question: "What would another budget have bought?",
  css: "",
  shown: ({ receipt: { trade } }) => trade !== undefined && trade.best.length > 1,
  render: ({ receipt: { trade } }) => {
    if (trade === undefined) return html`<p>The widths were chosen by no cost.</p>`;
    const { chosen, best, unit } = trade;
    const dense = best.at(-1) ?? chosen;
    const quantity = QUANTITIES[unit];
    const same = uniformAt(trade);
    return html`<p>This plan keeps ${formatShare(chosen.importance)} of the importance at ${formatShare(dense.cost > 0 ? chosen.cost / dense.cost : null)} of the ${NOUNS[unit]}: ${formatQuantity(quantity, chosen.cost)} of ${formatQuantity(quantity, dense.cost)}.${same !== null && ` The same share of every group would keep ${formatShare(same)} at that cost.`} <span class="note">Importance is what the criterion says of the units that stay; it stands for accuracy and is not accuracy.</span></p>
      <div class="legend"><span><svg width="22" height="12" aria-hidden="true"><path d="M0 6H22" stroke="var(--kept)" stroke-width="2"/></svg>widths chosen jointly</span><span><svg width="22" height="12" aria-hidden="true"><path d="M0 6H22" stroke="var(--removed-line)" stroke-width="2" stroke-dasharray="4 3"/></svg>the same share of every group</span><span><svg width="14" height="14" aria-hidden="true"><circle cx="7" cy="7" r="5.5" fill="var(--ink)"/></svg>this plan</span></div>
      ${drawing(trade)}
      <details><summary>Table of the frontier</summary>${table(trade)}</details>`;
  },
};

/** Importance that uniform widths keep at the plan's cost, between two of their points; null outside of them. */
function uniformAt({ uniform, chosen }: TradeCurve): number | null {
  const above = uniform.findIndex(({ cost }) => cost >= chosen.cost);
  const [a, b] = [uniform[above - 1], uniform[above]];
  if (a === undefined || b === undefined || b.cost === a.cost) return null;
  return a.importance + ((chosen.cost - a.cost) / (b.cost - a.cost)) * (b.importance - a.importance);
}

function drawing(trade: TradeCurve): Markup {
  const { unit, chosen } = trade;
  const quantity = QUANTITIES[unit];
  const [best, uniform] = [thinned(trade.best), thinned(trade.uniform)];
  const most = Math.max(...[...best, ...uniform, chosen].map(({ cost }) => cost));
  const label = `${formatShare(chosen.importance)} at ${formatQuantity(quantity, chosen.cost)}`;
  return responsive((width, narrow) =>
    drawPlot("Importance kept against cost", {
      width,
      height: narrow ? 250 : 320,
      marginLeft: 44,
      marginRight: 28,
      marginTop: 26,
      marginBottom: 40,
      x: { domain: [0, most * 1.02], axis: null },
      y: { domain: [0, 1], axis: null },
      marks: [
        gridY({ ticks: 5, stroke: "var(--rule)", strokeOpacity: 1 }),
        gridX({ ticks: narrow ? 4 : 8, stroke: "var(--rule)", strokeOpacity: 0.6 }),
        axisY({
          ticks: 5,
          tickSize: 0,
          label: "importance kept",
          labelArrow: "none",
          labelAnchor: "top",
          tickFormat: (n: number) => `${Math.round(100 * n)} %`,
          fill: "var(--soft)",
        }),
        axisX({
          ticks: narrow ? 4 : 8,
          tickSize: 0,
          label: NOUNS[unit],
          labelArrow: "none",
          labelAnchor: "right",
          tickFormat: (n: number) => formatTick(unit === "MACs" ? "count" : quantity, n),
          fill: "var(--soft)",
        }),
        ruleX([chosen.cost], { stroke: "var(--ink)", strokeOpacity: 0.35, strokeDasharray: "2 3" }),
        line(uniform, {
          x: "cost",
          y: "importance",
          stroke: "var(--removed-line)",
          strokeWidth: 2,
          strokeDasharray: "4 3",
        }),
        line(best, { x: "cost", y: "importance", stroke: "var(--kept)", strokeWidth: 2 }),
        dot(best, {
          x: "cost",
          y: "importance",
          r: 3,
          fill: "var(--kept)",
          title: (point: TradePoint) =>
            `${formatShare(point.importance)} at ${formatQuantity(quantity, point.cost)}`,
        }),
        dot([chosen], {
          x: "cost",
          y: "importance",
          r: 6,
          fill: "var(--ink)",
          stroke: "var(--paper)",
          strokeWidth: 2,
        }),
        text([chosen], {
          x: "cost",
          y: "importance",
          text: () => label,
          dx: chosen.cost > most / 4 ? -10 : 12,
          dy: chosen.cost > most / 4 ? -12 : 16,
          textAnchor: chosen.cost > most / 4 ? "end" : "start",
          fill: "var(--ink)",
        }),
      ],
    }),
  );
}

function table({ unit, best, uniform }: TradeCurve): Markup {
  const rows = [
    ...thinned(best).map((point) => ({ ...point, how: "jointly" })),
    ...thinned(uniform).map((point) => ({ ...point, how: "the same share" })),
  ];
  const costs = formatTogether(
    QUANTITIES[unit],
    rows.map(({ cost }) => cost),
  );
  return html`<div class="scroll"><table class="fit"><thead><tr><th>Widths</th><th class="n">Cost</th><th class="n">Importance kept</th></tr></thead><tbody>${rows.map(
    ({ how, importance }, i) =>
      html`<tr><td>${how}</td><td class="n">${costs[i]}</td><td class="n">${formatShare(importance)}</td></tr>`,
  )}</tbody></table></div>`;
}

function thinned(points: readonly TradePoint[]): TradePoint[] {
  const every = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}
