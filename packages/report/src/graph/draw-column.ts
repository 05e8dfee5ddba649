// One column of the graph as SVG: boxes shaded by the share removed, with number, name, operator and
// widths; edges as smooth lines downwards.

import { html, type Markup } from "../text/markup.js";
import { formatChange, formatExact, formatPair } from "../text/quantity.js";
import { shortenStart, visibleName, visibleText } from "../text/visible-text.js";
import { type Block, shareRemoved } from "./collapse.js";
import {
  type PlacedBlock,
  type PlacedColumn,
  type PlacedReference,
  referenceLabel,
} from "./layout-column.js";

export interface NamedBlock extends Block {
  /** Name for the box. */
  readonly short: string;
}

/** Upper ends of the steps of the ramp `--cut-1` … `--cut-5`. */
export const STEPS: readonly number[] = [0.15, 0.3, 0.45, 0.6, 1];

export const drawingCss = `
svg.graph { display: block; }
svg.graph rect { stroke: var(--removed-line); stroke-width: 1; }
svg.graph .edge { fill: none; stroke: var(--removed-line); stroke-width: 1.25; }
svg.graph text { font-size: 11.5px; fill: var(--ink); font-variant-numeric: tabular-nums; }
svg.graph .path { font-family: var(--mono); font-size: 11px; }
svg.graph .quiet { fill: var(--soft); }
svg.graph .end { text-anchor: end; }
svg.graph a { text-decoration: none; } svg.graph a:hover rect { stroke: var(--kept); stroke-width: 2; }
svg.graph .reference rect { fill: none; stroke-dasharray: none; stroke: var(--rule); } svg.graph .reference text { text-anchor: middle; fill: var(--soft); font-size: 11px; }
.cut-0 { fill: var(--cut-0); } .cut-1 { fill: var(--cut-1); } .cut-2 { fill: var(--cut-2); } .cut-3 { fill: var(--cut-3); } .cut-4 { fill: var(--cut-4); } .cut-5 { fill: var(--cut-5); }
svg.graph .on-2 .quiet, svg.graph .on-3 .quiet, svg.graph .on-4 .quiet { fill: var(--ink); }
svg.graph .on-5 text, svg.graph .on-5 .quiet { fill: var(--cut-ink-high); }
svg.graph .gone rect { fill: none; stroke-dasharray: 3 3; } svg.graph .gone text { fill: var(--faint); }
svg.graph .new rect { stroke: var(--kept); stroke-width: 1.5; }
`;

/** Step of the ramp, 0 for none. */
export function stepOf(share: number): number {
  return share <= 0 ? 0 : STEPS.findIndex((end) => share <= end) + 1;
}

export function drawColumn(column: PlacedColumn, blocks: readonly NamedBlock[], label: string): Markup {
  const { width, height } = column;
  return html`<svg class="graph" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}"><path class="edge" d="${column.edges.map(smooth).join("")}"/>${column.references.map(drawReference)}${column.blocks.map((placed) => drawBlock(placed, blocks[placed.block] as NamedBlock))}</svg>`;
}

function drawBlock({ x, y, width, height }: PlacedBlock, block: NamedBlock): Markup {
  const step = stepOf(shareRemoved(block));
  const state = { kept: "", removed: "gone", added: "new" }[block.state];
  const [left, top] = [px(x - width / 2), px(y - height / 2)];
  const others = block.nodes.length - 1;
  const number = String(block.number);
  const room = 20 - number.length;
  const operator = `${shortenStart(visibleText(block.lead.opType, 40), 13)}${others > 0 ? ` +${others}` : ""}`;
  return html`<a href="#block-${number}"><g class="on-${step} ${state}" transform="translate(${left},${top})"><title>${hoverText(block)}</title><rect class="cut-${step}" width="${width}" height="${height}" rx="2"/><text class="quiet" x="9" y="18">${number}</text><text class="path" x="${16 + number.length * 7.5}" y="18">${shortenStart(block.short, room)}</text><text class="quiet" x="9" y="36">${operator}</text><text class="end" x="${width - 9}" y="36">${widths(block)}</text></g></a>`;
}

/** 64 → 40, 64, "folded", or nothing. */
export function widths(block: Block): string {
  if (block.state === "removed") return "gone";
  const { widthBefore, widthAfter } = block;
  if (widthBefore === null || widthAfter === null) return "";
  return widthBefore === widthAfter
    ? formatExact(widthBefore)
    : `${formatExact(widthBefore)} → ${formatExact(widthAfter)}`;
}

function hoverText(block: Block): string {
  const lines = [
    `${block.number}: ${visibleName(block.lead.label)}`,
    block.nodes
      .slice(0, 12)
      .map((node) => visibleText(node.opType, 30))
      .join(" · "),
  ];
  if (block.widthBefore !== null && block.widthAfter !== null) {
    lines.push(
      `${formatExact(block.widthBefore)} → ${formatExact(block.widthAfter)} units, ${formatChange(block.widthBefore, block.widthAfter)}`,
    );
  }
  if (block.macsBefore !== null && block.macsBefore > 0) {
    lines.push(
      `${formatPair("macs", block.macsBefore, block.macsAfter)}, ${formatChange(block.macsBefore, block.macsAfter)}`,
    );
  }
  return lines.join("\n");
}

function drawReference(reference: PlacedReference): Markup {
  const { x, y, width, height } = reference;
  return html`<g class="reference"><rect x="${px(x - width / 2)}" y="${px(y - height / 2)}" width="${px(width)}" height="${height}" rx="${height / 2}"/><text x="${px(x)}" y="${px(y + 4)}">${referenceLabel(reference)}</text></g>`;
}

/** A line through the points, rounded at the inner ones. */
function smooth(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return "";
  const inner = rest.slice(0, -1);
  const curves = inner.map((point, i) => {
    const next = inner[i + 1];
    const end = next === undefined ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${px(point.x)},${px(point.y)} ${px(end.x)},${px(end.y)}`;
  });
  return `M${px(first.x)},${px(first.y)}${curves.length === 0 ? `L${px(last.x)},${px(last.y)}` : curves.join("")}`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
