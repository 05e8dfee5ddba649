// View 4: what changed in the network. Coupled groups collapsed to blocks, shaded by the share removed,
// top-down in columns; beneath, the operators of every block.

import { type Block, collapseGraph, shareRemoved } from "../graph/collapse.js";
import { foldIntoColumns } from "../graph/columns.js";
import { drawColumn, drawingCss, type NamedBlock, STEPS, widths } from "../graph/draw-column.js";
import { layoutColumn } from "../graph/layout-column.js";
import type { ReportGraph, ReportNode } from "../graph/report-graph.js";
import { conciseNames } from "../text/concise-names.js";
import { html, type Markup } from "../text/markup.js";
import { formatExact, formatNumberOf, formatPair, formatShare } from "../text/quantity.js";
import { visibleText } from "../text/visible-text.js";
import { name } from "./name.js";
import type { View } from "./view.js";

/** Larger networks show blocks only. */
const MOST_LISTED_NODES = 1500;

const css = `
.flow { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 28px 30px; margin: 14px 0 20px; }
.flow > div { max-width: 100%; overflow-x: auto; break-inside: avoid; }
.blocks > details { border-bottom: 1px solid var(--rule); }
.blocks summary { width: auto; color: var(--ink); } .blocks .ops { color: var(--soft); margin-left: 8px; } .blocks .right { color: var(--soft); margin-left: 12px; white-space: nowrap; }
.blocks table { margin: 0 0 12px 18px; width: calc(100% - 18px); }
.blocks details:target > summary { color: var(--kept); font-weight: 600; }
.state-removed, .state-added { color: var(--faint); font-style: italic; }
${drawingCss}`;

export const graphDiffView: View = {
  id: "graph",
  heading: "Graph, before and after",
  question: "What changed in the network?",
  css,
  render: ({ graph }) => {
    if (graph === null || graph.nodes.length === 0)
      return html`<p>This report was made without the models, so there is no graph to draw.</p>`;
    const collapsed = collapseGraph(graph);
    const short = conciseNames(collapsed.blocks.map((block) => block.lead.label));
    const blocks = collapsed.blocks.map((block, i): NamedBlock => ({ ...block, short: short[i] as string }));
    const columns = foldIntoColumns(collapsed);
    return html`<p>${summary(graph, blocks)}</p>${legend(blocks)}
      <div class="flow">${columns.map((column, i) => html`<div>${drawColumn(layoutColumn(column), blocks, `Graph, column ${i + 1} of ${columns.length}`)}</div>`)}</div>
      ${blockList(graph, blocks)}`;
  },
};

function summary(graph: ReportGraph, blocks: readonly Block[]): string {
  const count = (state: ReportNode["state"]): number =>
    graph.nodes.filter((node) => node.state === state).length;
  const [removed, added] = [count("removed"), count("added")];
  const narrower = blocks.filter((block) => shareRemoved(block) > 0).length;
  const parts = [
    `${formatNumberOf(graph.nodes.length - added, "node")} in ${formatNumberOf(blocks.length, "block")}, ${narrower} of them narrower`,
    ...(removed > 0 ? [`${formatNumberOf(removed, "node")} folded away or dead`] : []),
    ...(added > 0 ? [`${formatNumberOf(added, "node")} new`] : []),
  ];
  return `${parts.join("; ")}. It flows downwards, then to the next column; pills name the block at the other end.`;
}

function legend(blocks: readonly Block[]): Markup {
  const box = (className: string, extra = ""): Markup =>
    html`<svg width="20" height="13" aria-hidden="true"><rect class="${className}" x=".5" y=".5" width="19" height="12" stroke="var(--removed-line)"${extra === "dashed" && html` stroke-dasharray="3 3" fill="none"`}/></svg>`;
  const ranges = STEPS.map((end, i) => {
    const from = i === 0 ? 0 : (STEPS[i - 1] as number);
    return end === 1 ? `above ${formatShare(from)}` : `to ${formatShare(end)}`;
  });
  const gone = blocks.some((block) => block.state === "removed");
  return html`<div class="legend"><span>units removed:</span><span>${box("cut-0")}none</span>${ranges.map((range, i) => html`<span>${box(`cut-${i + 1}`)}${range}</span>`)}${gone && html`<span>${box("", "dashed")}whole block gone</span>`}</div>`;
}

function blockList(graph: ReportGraph, blocks: readonly NamedBlock[]): Markup {
  const withNodes = graph.nodes.length <= MOST_LISTED_NODES;
  return html`<details><summary>Operators of ${formatNumberOf(blocks.length, "block")}</summary><div class="blocks">${blocks.map((block) => blockEntry(block, withNodes))}</div></details>`;
}

function blockEntry(block: NamedBlock, withNodes: boolean): Markup {
  const kinds = new Map<string, number>();
  for (const { opType } of block.nodes) kinds.set(opType, (kinds.get(opType) ?? 0) + 1);
  const ops = [...kinds]
    .slice(0, 8)
    .map(([kind, count]) => `${visibleText(kind, 40)}${count > 1 ? ` ×${count}` : ""}`)
    .join(", ");
  return html`<details id="block-${block.number}"><summary>${block.number} <bdi class="name">${block.short}</bdi><span class="ops">${ops}</span><span class="right">${widths(block)}</span></summary>${withNodes && html`<table><tbody>${block.nodes.map(nodeRow)}</tbody></table>`}</details>`;
}

function nodeRow(node: ReportNode): Markup {
  const width =
    node.widthBefore === null
      ? ""
      : node.widthBefore === node.widthAfter
        ? formatExact(node.widthBefore)
        : `${formatExact(node.widthBefore)} → ${formatExact(node.widthAfter)}`;
  const macs = (node.macsBefore ?? 0) > 0 ? formatPair("macs", node.macsBefore, node.macsAfter) : "";
  return html`<tr><td>${name(node.label)}${node.state !== "kept" && html` <span class="state-${node.state}">${node.state}</span>`}</td><td>${visibleText(node.opType, 40)}</td><td class="n">${width}</td><td class="n">${macs}</td></tr>`;
}
