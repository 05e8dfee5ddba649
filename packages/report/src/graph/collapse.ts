// Collapses a network into blocks that fit on a page: what runs along one coupled group in one line
// becomes one block (convolution, normalisation, activation, addition). Merging a node into its only
// consumer can never close a cycle, so every step keeps the drawing directed downwards. Networks that stay
// too large are merged without regard to groups, and in the end cut into stretches.

import type { ReportGraph, ReportNode } from "./report-graph.js";
import { sortGraph } from "./topology.js";

/** More blocks than this are not drawn. */
const MOST_BLOCKS = 240;
/** Nodes without a group are gathered up to so many. */
const LONGEST_GROUPLESS = 12;

export interface Block {
  /** From 1, in topological order: what the drawing and the list call it. */
  readonly number: number;
  readonly nodes: readonly ReportNode[];
  /** The node that stands for the block: most MACs, else the first with a group, else the first. */
  readonly lead: ReportNode;
  readonly widthBefore: number | null;
  readonly widthAfter: number | null;
  readonly macsBefore: number | null;
  readonly macsAfter: number | null;
  /** removed, added: all its nodes are. */
  readonly state: ReportNode["state"];
}

export interface BlockGraph {
  readonly blocks: readonly Block[];
  /** Pairs of places in `blocks`. */
  readonly edges: readonly (readonly [number, number])[];
}

type Mergeable = (node: readonly ReportNode[], into: readonly ReportNode[]) => boolean;

interface Parts {
  readonly parts: readonly (readonly ReportNode[])[];
  readonly edges: readonly (readonly [number, number])[];
}

export function collapseGraph(graph: ReportGraph, most: number = MOST_BLOCKS): BlockGraph {
  const place = new Map(graph.nodes.map((node, i) => [node.id, i]));
  const edges = graph.edges.flatMap(({ from, to }): [number, number][] => {
    const [a, b] = [place.get(from), place.get(to)];
    return a === undefined || b === undefined ? [] : [[a, b]];
  });
  let state = contract({ parts: graph.nodes.map((node) => [node]), edges }, alongGroups);
  for (let size = 4; state.parts.length > most && size < graph.nodes.length * 2; size *= 2) {
    const limit = size;
    state = contract(state, (part, into) => part.length + into.length <= limit);
  }
  if (state.parts.length > most) state = intoStretches(state, most);
  return { blocks: state.parts.map((nodes, i) => describeBlock(nodes, i + 1)), edges: state.edges };
}

/** Along one group always; trifles behind something else, as long as no two nodes with MACs meet. */
const alongGroups: Mergeable = (part, into) => {
  const groupsOf = (nodes: readonly ReportNode[]): string =>
    [...new Set(nodes.flatMap((node) => node.groups))].sort().join("\n");
  const [here, there] = [groupsOf(part), groupsOf(into)];
  if (here !== "" && here === there) return true;
  const trifle = into.every((node) => (node.macsBefore ?? 0) === 0);
  return there === "" && trifle && part.length + into.length <= LONGEST_GROUPLESS;
};

/** Merges parts into their only consumer wherever `mergeable` agrees; from the end, so that homes are final. */
function contract({ parts, edges }: Parts, mergeable: Mergeable): Parts {
  const { order, successors } = sortGraph(parts.length, edges);
  const home: number[] = parts.map((_, i) => i);
  const merged: (readonly ReportNode[])[] = [...parts];
  for (const at of [...order].reverse()) {
    const consumers = new Set(successors[at]?.map((to) => home[to] as number));
    const [only] = consumers;
    if (consumers.size !== 1 || only === undefined) continue;
    if (!mergeable(merged[at] as readonly ReportNode[], merged[only] as readonly ReportNode[])) continue;
    merged[only] = [...(merged[at] as readonly ReportNode[]), ...(merged[only] as readonly ReportNode[])];
    home[at] = only;
  }
  return renumber(order, home, merged, successors);
}

/** Cuts the topological order into equal stretches: intervals of it can never form a cycle. */
function intoStretches({ parts, edges }: Parts, most: number): Parts {
  const { order, successors } = sortGraph(parts.length, edges);
  const length = Math.ceil(parts.length / most);
  const home: number[] = parts.map(() => 0);
  const merged: (readonly ReportNode[])[] = parts.map(() => []);
  order.forEach((at, i) => {
    const into = order[Math.floor(i / length) * length] as number;
    home[at] = into;
    merged[into] = [...(merged[into] as readonly ReportNode[]), ...(parts[at] as readonly ReportNode[])];
  });
  return renumber(order, home, merged, successors);
}

function renumber(
  order: readonly number[],
  home: readonly number[],
  merged: readonly (readonly ReportNode[])[],
  successors: readonly (readonly number[])[],
): Parts {
  const homes = order.filter((at) => home[at] === at);
  const edgeList = successors.flatMap((targets, from) =>
    targets.map((to): [number, number] => [home[from] as number, home[to] as number]),
  );
  const firstPass = new Map(homes.map((at, i) => [at, i]));
  const edges = edgeList
    .filter(([a, b]) => a !== b)
    .map(([a, b]): [number, number] => [firstPass.get(a) as number, firstPass.get(b) as number]);
  const sorted = sortGraph(homes.length, edges);
  const place = new Map(sorted.order.map((at, i) => [at, i]));
  return {
    parts: sorted.order.map((at) => merged[homes[at] as number] as readonly ReportNode[]),
    edges: sorted.successors.flatMap((targets, from) =>
      targets.map((to): [number, number] => [place.get(from) as number, place.get(to) as number]),
    ),
  };
}

function describeBlock(nodes: readonly ReportNode[], number: number): Block {
  const macs = (side: "macsBefore" | "macsAfter"): number | null =>
    nodes.every((node) => node[side] === null)
      ? null
      : nodes.reduce((sum, node) => sum + (node[side] ?? 0), 0);
  const heaviest = nodes.reduce((best, node) =>
    (node.macsBefore ?? 0) > (best.macsBefore ?? 0) ? node : best,
  );
  const lead =
    (heaviest.macsBefore ?? 0) > 0 ? heaviest : (nodes.find((node) => node.groups.length > 0) ?? heaviest);
  const wide = nodes.findLast((node) => node.widthBefore !== null);
  const [first] = nodes;
  const uniform = first !== undefined && nodes.every((node) => node.state === first.state);
  return {
    number,
    nodes,
    lead,
    widthBefore: wide?.widthBefore ?? null,
    widthAfter: wide?.widthAfter ?? null,
    macsBefore: macs("macsBefore"),
    macsAfter: macs("macsAfter"),
    state: uniform ? first.state : "kept",
  };
}

/** Share of the units that were removed, 0 where no group runs. */
export function shareRemoved({ widthBefore, widthAfter }: Pick<Block, "widthBefore" | "widthAfter">): number {
  if (widthBefore === null || widthAfter === null || widthBefore <= 0) return 0;
  return Math.max(0, 1 - widthAfter / widthBefore);
}
