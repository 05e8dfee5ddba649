// Why widths come in steps: how long one layer takes at each width, as it was measured when the cost table was made.

import type { CostTable } from "@espalier/core";
import { axisX, axisY, dot, gridY, line, ruleX, text } from "@observablehq/plot";
import { drawPlot, responsive } from "../plot/draw-plot.js";
import { html, type Markup } from "../text/markup.js";
import { formatExact, formatNumberOf } from "../text/quantity.js";
import { visibleText } from "../text/visible-text.js";
import type { View } from "./view.js";

type Stair = CostTable["stair"];

/** More points than this are no staircase that anybody measured. */
const MOST_POINTS = 256;

export const staircaseView: View = {
  id: "staircase",
  heading: "Staircase",
  question: "Which widths does this machine reward?",
  css: "",
  shown: ({ costTable }) => (costTable?.stair.length ?? 0) > 1,
  render: ({ costTable }) => {
    if (costTable == null) return html`<p>No staircase was measured.</p>`;
    const { stair, step, runtime, threads } = costTable;
    const points = stair.slice(0, MOST_POINTS);
    return html`<p>${sentence(step)} One 3×3 convolution on 28 × 28 pixels, as wide in as out, on ${visibleText(runtime, 80)} with ${formatNumberOf(threads, "thread")}.${costTable.origin === "bundled" && " Measured on another machine: the costs that ship with Espalier."}</p>
      <div class="legend"><span><svg width="12" height="12" aria-hidden="true"><circle cx="6" cy="6" r="4" fill="var(--kept)"/></svg>${step > 1 ? `a multiple of ${formatExact(step)}` : "measured"}</span>${step > 1 && html`<span><svg width="12" height="12" aria-hidden="true"><circle cx="6" cy="6" r="3" fill="var(--removed-line)"/></svg>between the steps</span>`}</div>
      ${drawing(points, step)}`;
  },
};

function sentence(step: number): string {
  return step > 1
    ? `Widths count in steps of ${formatExact(step)} here: in between, fewer channels take as long as the next step, or longer, so kept widths are rounded up to a multiple of ${formatExact(step)}.`
    : "This machine has no steps: every channel that goes saves time.";
}

function drawing(points: Stair, step: number): Markup {
  const widths = points.map(({ width }) => width);
  const [first, last] = [Math.min(...widths), Math.max(...widths)];
  const steps = widths.filter((width) => step > 1 && width % step === 0);
  const sorted = [...points].sort((a, b) => a.width - b.width);
  const top = Math.max(...points.map(({ us }) => us)) * 1.05;
  return responsive((width, narrow) =>
    drawPlot("Time of one layer by its width", {
      width,
      height: narrow ? 230 : 270,
      marginLeft: 44,
      marginRight: 12,
      marginTop: 24,
      marginBottom: 40,
      x: { domain: [first - 0.5, last + 0.5], axis: null },
      y: { domain: [0, top], axis: null },
      marks: [
        gridY({ ticks: 5, stroke: "var(--rule)", strokeOpacity: 1 }),
        ruleX(steps, { stroke: "var(--kept)", strokeOpacity: 0.35 }),
        axisY({
          ticks: 5,
          tickSize: 0,
          label: "µs",
          labelArrow: "none",
          labelAnchor: "top",
          fill: "var(--soft)",
        }),
        axisX(steps.length > 0 ? steps : undefined, {
          ...(steps.length > 0 ? {} : { ticks: narrow ? 4 : 8 }),
          tickSize: 0,
          label: "channels",
          labelArrow: "none",
          labelAnchor: "right",
          tickFormat: (n: number) => String(n),
          fill: "var(--soft)",
        }),
        line(sorted, { x: "width", y: "us", stroke: "var(--removed-line)", strokeWidth: 1 }),
        dot(sorted, {
          x: "width",
          y: "us",
          r: (point: Stair[number]) => (point.width % step === 0 ? 4 : 2.5),
          fill: (point: Stair[number]) => (point.width % step === 0 ? "var(--kept)" : "var(--removed-line)"),
          title: (point: Stair[number]) => `${point.width} channels: ${point.us} µs`,
        }),
        text(narrow ? [] : sorted.filter(({ width: at }) => steps.includes(at)), {
          x: "width",
          y: "us",
          text: (point: Stair[number]) => String(Math.round(point.us)),
          dy: 14,
          fill: "var(--ink)",
        }),
      ],
    }),
  );
}
