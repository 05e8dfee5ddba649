// Places one column of blocks with dagre, top-down. References to blocks in other columns are small nodes
// of their own, so that they find their place like any other.

import { Graph, layout } from "@dagrejs/dagre";
import type { Column } from "./columns.js";

export const BLOCK = { width: 172, height: 46 };
export const REFERENCE = { height: 20, letter: 7, padding: 14 };

export interface Box {
  /** Centre. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedBlock extends Box {
  /** Place in `blocks`. */
  readonly block: number;
}

export interface PlacedReference extends Box {
  /** Blocks in other columns, by number, as the label says. */
  readonly numbers: readonly number[];
  readonly direction: "in" | "out";
}

export interface PlacedColumn {
  readonly width: number;
  readonly height: number;
  readonly blocks: readonly PlacedBlock[];
  readonly references: readonly PlacedReference[];
  /** From top to bottom, ends included. */
  readonly edges: readonly (readonly { readonly x: number; readonly y: number }[])[];
}

const MARGIN = 4;
const MOST_NUMBERS = 4;

/** What dagre gives back, as far as it is used. */
interface Laid {
  graph(): { width?: number; height?: number };
  node(id: string): Box;
  edge(from: string, to: string): { points: { x: number; y: number }[] };
  edges(): { v: string; w: string }[];
}

/** "3, 14, 15, 16 …" */
export function referenceLabel({
  numbers,
  direction,
}: Pick<PlacedReference, "numbers" | "direction">): string {
  const shown = numbers.slice(0, MOST_NUMBERS).join(", ") + (numbers.length > MOST_NUMBERS ? " …" : "");
  return direction === "in" ? `${shown} ↓` : `↓ ${shown}`;
}

export function layoutColumn(column: Column): PlacedColumn {
  const graph = new Graph();
  graph.setGraph({
    rankdir: "TB",
    nodesep: 14,
    ranksep: 20,
    edgesep: 10,
    marginx: MARGIN,
    marginy: MARGIN,
    ranker: "network-simplex",
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const block of column.blocks) graph.setNode(`b${block}`, { ...BLOCK });
  for (const [from, to] of column.edges) graph.setEdge(`b${from}`, `b${to}`, { weight: 2 });
  const references = new Map<string, Pick<PlacedReference, "numbers" | "direction">>();
  const refer = (id: string, numbers: readonly number[], direction: "in" | "out"): void => {
    const reference = { numbers: numbers.map((at) => at + 1), direction };
    references.set(id, reference);
    graph.setNode(id, {
      width: referenceLabel(reference).length * REFERENCE.letter + REFERENCE.padding,
      height: REFERENCE.height,
    });
  };
  for (const [from, to] of column.incoming) {
    refer(`i${from}`, [from], "in");
    for (const target of to) graph.setEdge(`i${from}`, `b${target}`, {});
  }
  for (const [from, to] of column.outgoing) {
    refer(`o${from}`, to, "out");
    graph.setEdge(`b${from}`, `o${from}`, {});
  }
  layout(graph);

  const laid = graph as unknown as Laid;
  const box = (id: string): Box => {
    const { x, y, width, height } = laid.node(id);
    return { x, y, width, height };
  };
  const { width = 0, height = 0 } = laid.graph();
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    blocks: column.blocks.map((block) => ({ block, ...box(`b${block}`) })),
    references: [...references].map(([id, reference]) => ({ ...reference, ...box(id) })),
    edges: laid.edges().map(({ v, w }) => laid.edge(v, w).points.map(({ x, y }) => ({ x, y }))),
  };
}
