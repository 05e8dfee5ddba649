// The treemap of costs: one cell a node, its area the cost before, filled from below with what is left.

import { responsive } from "../plot/draw-plot.js";
import { squarify, type TreemapCell } from "../plot/treemap.js";
import { html, type Markup } from "../text/markup.js";
import { formatChange, formatNumberOf, formatPair, formatQuantity, type Quantity } from "../text/quantity.js";
import { shortenStart } from "../text/visible-text.js";
import { type NodeCost, totalCost } from "./node-cost.js";

/** Smaller cells are drawn together as one. */
const SMALLEST_SHARE = 0.002;
const LETTER_WIDTH = 7.3;

export const treemapCss = `
svg.treemap { display: block; max-width: 100%; height: auto; }
svg.treemap .kept { fill: var(--kept-area); }
svg.treemap .edge { fill: none; stroke: var(--paper); stroke-width: 2; }
svg.treemap text { font-size: 11.5px; fill: var(--ink); font-variant-numeric: tabular-nums; }
svg.treemap .value { font-size: 11px; fill: var(--soft); }
@media (prefers-color-scheme: dark) { svg.treemap .value { fill: var(--ink); opacity: .75; } }
`;

export function costTreemap(rows: readonly NodeCost[], quantity: Quantity): Markup {
  return responsive((width, narrow) => treemap(rows, quantity, width, narrow ? 440 : 400));
}

function treemap(rows: readonly NodeCost[], quantity: Quantity, width: number, height: number): Markup {
  const smallest = totalCost(rows).before * SMALLEST_SHARE;
  const large = rows.filter((row) => row.before >= smallest);
  const few = rows.filter((row) => row.before < smallest);
  const rest: NodeCost = {
    title: formatNumberOf(few.length, "smaller node"),
    short: `${few.length} smaller`,
    ...totalCost(few),
  };
  const cells = squarify(few.length > 0 ? [...large, rest] : large, (row) => row.before, width, height);
  const label = `Treemap of ${formatNumberOf(cells.length, "node")} by ${quantity === "macs" ? "MACs" : "bytes of weights"}`;
  return html`<svg class="treemap" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}">${cells.map((cell) => drawCell(cell, quantity))}</svg>`;
}

function drawCell({ item, x, y, width, height }: TreemapCell<NodeCost>, quantity: Quantity): Markup {
  const kept = height * Math.min(1, item.after / item.before);
  const px = (value: number): string => String(Math.round(value * 10) / 10);
  const box = (className: string, top: number, high: number): Markup =>
    html`<rect class="${className}" x="${px(x)}" y="${px(top)}" width="${px(width)}" height="${px(high)}"/>`;
  const letters = Math.floor((width - 14) / LETTER_WIDTH);
  const value = formatQuantity(quantity === "macs" ? "count" : quantity, item.after);
  const line = (className: string, text: string, down: number): Markup =>
    html`<text class="${className}" x="${px(x + 8)}" y="${px(y + down)}">${text}</text>`;
  return html`<g><title>${item.title}: ${formatPair(quantity, item.before, item.after)}, ${formatChange(item.before, item.after)}</title>${box("removed", y, height - kept)}${box("kept", y + height - kept, kept)}${box("edge", y, height)}${height >= 24 && letters >= Math.min(9, [...item.short].length) && line("label", shortenStart(item.short, letters), 18)}${height >= 42 && letters >= value.length && line("value", value, 33)}</g>`;
}
