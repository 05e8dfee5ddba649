// Folds a long graph into columns, as a text is: ranks are cut into stretches of about equal length where
// few edges cross. What crosses is drawn as a reference to the number of the block at the other end.

import type { BlockGraph } from "./collapse.js";
import { rankNodes, sortGraph } from "./topology.js";

export interface Column {
  /** Places in `blocks`. */
  readonly blocks: readonly number[];
  readonly edges: readonly (readonly [number, number])[];
  /** Blocks elsewhere that are read here: [block elsewhere, readers here]. */
  readonly incoming: readonly (readonly [number, readonly number[]])[];
  /** Blocks here that are read elsewhere: [block here, readers elsewhere]. */
  readonly outgoing: readonly (readonly [number, readonly number[]])[];
}

/** Ranks a column should have at least and at most. */
const SHORTEST = 8;
const LONGEST = 18;
const COLUMNS_IN_A_ROW = 3;

export function foldIntoColumns({ blocks, edges }: BlockGraph): Column[] {
  const ranks = rankNodes(sortGraph(blocks.length, edges));
  const count = Math.max(0, ...ranks) + 1;
  const ideal = Math.min(LONGEST, Math.max(SHORTEST, Math.ceil(count / COLUMNS_IN_A_ROW)));
  const starts = chooseCuts(count, ideal, crossings(ranks, edges, count));
  const columnOf = ranks.map((rank) => starts.findLastIndex((start) => start <= rank));
  return starts.map((_, column) => ({
    blocks: blocks.flatMap((_block, i) => (columnOf[i] === column ? [i] : [])),
    edges: edges.filter(([from, to]) => columnOf[from] === column && columnOf[to] === column),
    incoming: gather(edges.filter(([from, to]) => columnOf[from] !== column && columnOf[to] === column)),
    outgoing: gather(edges.filter(([from, to]) => columnOf[from] === column && columnOf[to] !== column)),
  }));
}

/** Number of blocks read across the gap before each rank. */
function crossings(ranks: readonly number[], edges: BlockGraph["edges"], count: number): number[] {
  const reach = new Map<number, number>();
  for (const [from, to] of edges) reach.set(from, Math.max(reach.get(from) ?? 0, ranks[to] as number));
  const crossing: number[] = Array.from({ length: count + 1 }, () => 0);
  for (const [from, last] of reach) {
    for (let rank = (ranks[from] as number) + 1; rank <= last; rank++)
      crossing[rank] = (crossing[rank] as number) + 1;
  }
  return crossing;
}

/** Where columns begin: the cheapest way by dynamic programming over the ranks. */
function chooseCuts(count: number, ideal: number, crossing: readonly number[]): number[] {
  if (count <= LONGEST) return [0];
  const cost: number[] = [0];
  const previous: number[] = [0];
  for (let end = 1; end <= count; end++) {
    let [best, from] = [Number.POSITIVE_INFINITY, 0];
    for (let start = Math.max(0, end - LONGEST - 4); start < end; start++) {
      const uneven = ((end - start - ideal) / ideal) ** 2;
      // The last column may be short.
      const shape = end === count && end - start < ideal ? uneven / 4 : uneven;
      const total = (cost[start] as number) + 4 * shape + (end === count ? 0 : (crossing[end] as number));
      if (total < best) [best, from] = [total, start];
    }
    cost.push(best);
    previous.push(from);
  }
  const starts: number[] = [];
  for (let at = count; at > 0; at = previous[at] as number) starts.unshift(previous[at] as number);
  return starts;
}

/** Pairs (from, to) as from → all of its to. */
function gather(edges: BlockGraph["edges"]): [number, number[]][] {
  const targets = new Map<number, number[]>();
  for (const [from, to] of edges) {
    const known = targets.get(from);
    if (known === undefined) targets.set(from, [to]);
    else known.push(to);
  }
  return [...targets];
}
