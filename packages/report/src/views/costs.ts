// View 3: where MACs and bytes lie and where they went. A treemap of the network before, each node's area
// split into what was kept and what was removed, so that the accent is exactly the network after; and the
// largest nodes as paired bars on one axis.

import type { Change, CostRow } from "@espalier/core";
import { axisX, barX, gridX, text } from "@observablehq/plot";
import { drawPlot, responsive } from "../plot/draw-plot.js";
import { squarify, type TreemapCell } from "../plot/treemap.js";
import { conciseNames } from "../text/concise-names.js";
import { html, type Markup } from "../text/markup.js";
import {
  formatChange,
  formatNumberOf,
  formatQuantity,
  formatTogether,
  type Quantity,
} from "../text/quantity.js";
import { shorten, visibleName, visibleText } from "../text/visible-text.js";
import { name } from "./name.js";
import type { View } from "./view.js";

const BARS = 12;
const TABLE_ROWS = 300;
/** Smaller cells are drawn together as one. */
const SMALLEST_SHARE = 0.002;

const css = `
#costs .switch { position: relative; }
#costs .switch > .panel { margin-top: 14px; }
svg.treemap { display: block; max-width: 100%; height: auto; }
svg.treemap rect.removed, svg.treemap rect.kept { stroke: none; }
svg.treemap rect.edge { fill: none; stroke: var(--paper); stroke-width: 1.5; }
svg.treemap text { font-size: 11.5px; fill: var(--paper); pointer-events: none; } svg.treemap text.quiet { font-size: 11px; opacity: .82; }
svg.treemap text.on-removed { fill: var(--ink); }
#costs h3 { margin-top: 22px; }
`;

/** One node in one of the two quantities. */
interface Cost {
  readonly label: string;
  readonly short: string;
  readonly opType: string;
  readonly before: number;
  readonly after: number;
}

export const costsView: View = {
  id: "costs",
  heading: "MACs and bytes",
  question: "Where did they lie, and what is left?",
  css,
  render: ({ receipt: { costs, macs } }) => {
    const byMacs = costsOf(costs, (row) => row.macs);
    const byBytes = costsOf(costs, (row) => row.weightBytes);
    const panels = [
      ...(byMacs.length > 0 ? [{ id: "macs", label: "MACs", quantity: "macs" as const, rows: byMacs }] : []),
      ...(byBytes.length > 0
        ? [{ id: "bytes", label: "bytes of weights", quantity: "bytes" as const, rows: byBytes }]
        : []),
    ];
    if (panels.length === 0)
      return html`<p>${costs.length === 0 ? "The receipt lists no costs per node." : "The costs per node are not known."}</p>`;
    const missing =
      byMacs.length === 0 &&
      html`<p class="note">MACs are not known: ${visibleText(macs.reason ?? "no shapes")}. ${visibleText(macs.unblock ?? "")}</p>`;
    return html`${missing}<div class="switch">${panels.map(
      ({ id, label }, i) =>
        html`<input type="radio" name="costs" id="costs-${id}"${i === 0 && html` checked`}><label for="costs-${id}">${label}</label>`,
    )}${panels.map(({ quantity, rows }) => html`<div class="panel">${panel(rows, quantity)}</div>`)}</div>
    <details><summary>Table of ${formatNumberOf(costs.length, "node")}</summary>${table(costs)}</details>`;
  },
};

function costsOf(costs: readonly CostRow[], pick: (row: CostRow) => Change): Cost[] {
  const short = conciseNames(costs.map((row) => row.node));
  return costs
    .flatMap((row, i) => {
      const { before, after } = pick(row);
      return before !== null && after !== null && before > 0
        ? [
            {
              label: visibleName(row.node),
              short: short[i] as string,
              opType: visibleText(row.opType, 30),
              before,
              after,
            },
          ]
        : [];
    })
    .sort((a, b) => b.before - a.before);
}

function panel(rows: readonly Cost[], quantity: Quantity): Markup {
  const [before, after] = [total(rows, "before"), total(rows, "after")];
  const [beforeText, afterText] = formatTogether(quantity, [before, after]);
  return html`<p>${beforeText} → ${afterText}, ${formatChange(before, after)}. <span class="note">The whole area is the network before; the dark part is what is left.</span></p>
    ${responsive((width, narrow) => treemap(rows, quantity, width, narrow ? 440 : 380))}
    <h3>The ${rows.length > BARS ? `${BARS} largest nodes` : formatNumberOf(rows.length, "node")}</h3>
    ${bars(rows.slice(0, BARS), quantity)}`;
}

function treemap(rows: readonly Cost[], quantity: Quantity, width: number, height: number): Markup {
  const whole = total(rows, "before");
  const large = rows.filter((row) => row.before >= whole * SMALLEST_SHARE);
  const few = rows.slice(large.length);
  const rest = {
    label: formatNumberOf(few.length, "smaller node"),
    short: `${few.length} smaller`,
    opType: "",
    before: total(few, "before"),
    after: total(few, "after"),
  };
  const cells = squarify(few.length > 0 ? [...large, rest] : large, (row) => row.before, width, height);
  return html`<svg class="treemap" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Treemap of ${cells.length} nodes by ${quantity === "macs" ? "MACs" : "bytes of weights"}">${cells.map((cell) => drawCell(cell, quantity))}</svg>`;
}

/** The kept part fills the cell from below. */
function drawCell({ item, x, y, width, height }: TreemapCell<Cost>, quantity: Quantity): Markup {
  const kept = height * Math.min(1, item.after / item.before);
  const px = (value: number): string => String(Math.round(value * 10) / 10);
  const [before, after] = formatTogether(quantity, [item.before, item.after]);
  const fits = Math.floor((width - 12) / 6.6);
  const lines = [shorten(item.short, Math.max(fits, 2)), `${formatQuantity(quantity, item.after)}`];
  const room = kept >= 36 ? 2 : kept >= 20 ? 1 : 0;
  return html`<g><title>${item.label}${item.opType !== "" && ` (${item.opType})`}: ${before} → ${after}, ${formatChange(item.before, item.after)}</title><rect class="removed" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"/><rect class="kept" x="${px(x)}" y="${px(y + height - kept)}" width="${px(width)}" height="${px(kept)}"/><rect class="edge" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"/>${fits >= 7 && lines.slice(0, room).map((line, i) => html`<text${i === 1 && html` class="quiet"`} x="${px(x + 7)}" y="${px(y + height - kept + 16 + i * 15)}">${line}</text>`)}</g>`;
}

function bars(rows: readonly Cost[], quantity: Quantity): Markup {
  const keyed = rows.map((row, i) => ({ ...row, key: String(i) }));
  type Bar = (typeof keyed)[number];
  const longest = Math.max(...rows.map((row) => Math.max(row.before, row.after)));
  return responsive((width, narrow) => {
    const rowHeight = narrow ? 42 : 27;
    const marginLeft = narrow ? 2 : 216;
    const marginRight = narrow ? 4 : 176;
    const top = narrow ? 19 : 5;
    const thick = {
      before: { insetTop: top, insetBottom: rowHeight - top - 8 },
      after: { insetTop: top + 9, insetBottom: rowHeight - top - 17 },
    };
    const [ticks, label] = [narrow ? 3 : 5, `Before and after of the ${rows.length} largest nodes`];
    const numbers = (row: Bar): string => formatTogether(quantity, [row.before, row.after]).join(" → ");
    return drawPlot(label, {
      width,
      height: rows.length * rowHeight + 32,
      marginLeft,
      marginRight,
      marginTop: 22,
      marginBottom: 10,
      x: { domain: [0, longest], axis: null },
      y: { domain: keyed.map((row) => row.key), axis: null, padding: 0 },
      marks: [
        axisX({
          anchor: "top",
          ticks,
          tickSize: 0,
          label: null,
          tickFormat: (n: number) => (n === 0 ? "0" : formatQuantity(quantity, n)),
          fill: "var(--faint)",
        }),
        gridX({ ticks, stroke: "var(--rule)", strokeOpacity: 1 }),
        barX(keyed, { x: "before", y: "key", fill: "var(--removed)", ...thick.before }),
        barX(keyed, { x: "after", y: "key", fill: "var(--kept)", ...thick.after }),
        text(keyed, {
          y: "key",
          frameAnchor: "left",
          textAnchor: "start",
          dx: -marginLeft,
          ...(narrow ? { dy: -11 } : {}),
          fontFamily: "var(--mono)",
          fontSize: 11.5,
          fill: "var(--ink)",
          text: (row: Bar) => shorten(row.short, narrow ? 26 : 30),
          title: (row: Bar) => `${row.label} (${row.opType})`,
        }),
        text(keyed, {
          y: "key",
          frameAnchor: "right",
          textAnchor: "end",
          dx: narrow ? 4 : 118,
          ...(narrow ? { dy: -11 } : {}),
          fontVariant: "tabular-nums",
          fill: "var(--soft)",
          text: numbers,
        }),
        text(narrow ? [] : keyed, {
          y: "key",
          frameAnchor: "right",
          textAnchor: "end",
          dx: 176,
          fontVariant: "tabular-nums",
          fill: "var(--ink)",
          text: (row: Bar) => formatChange(row.before, row.after),
        }),
      ],
    });
  });
}

function table(costs: readonly CostRow[]): Markup {
  const rest = costs.length - TABLE_ROWS;
  const cells = (quantity: Quantity, { before, after }: Change): Markup => {
    const [a, b] = formatTogether(quantity, [before, after]);
    return html`<td class="n">${a}</td><td class="n">${b}</td><td class="n">${formatChange(before, after)}</td>`;
  };
  return html`<div class="scroll"><table><thead><tr><th>Node</th><th>Operator</th><th class="n">MACs</th><th class="n">after</th><th class="n">change</th><th class="n">Weights</th><th class="n">after</th><th class="n">change</th></tr></thead><tbody>${costs
    .slice(0, TABLE_ROWS)
    .map(
      (row) =>
        html`<tr><td>${name(row.node)}</td><td>${visibleText(row.opType, 30)}</td>${cells("macs", row.macs)}${cells("bytes", row.weightBytes)}</tr>`,
    )}</tbody></table></div>${rest > 0 && html`<p class="note">and ${formatNumberOf(rest, "more node")}: receipt.json</p>`}`;
}

function total(rows: readonly Cost[], side: "before" | "after"): number {
  return rows.reduce((sum, row) => sum + row[side], 0);
}
