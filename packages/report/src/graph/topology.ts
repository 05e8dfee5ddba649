// Order and ranks of a directed graph given as successor lists. Cycles cannot come from a model, but can
// from a damaged report graph: their nodes come last and their backward edges are dropped.

/** A graph on 0 … n − 1. */
export interface Topology {
  /** Node numbers, producers first. */
  readonly order: readonly number[];
  /** Successors without repetitions, self-loops and edges against the order. */
  readonly successors: readonly (readonly number[])[];
}

export function sortGraph(count: number, edges: readonly (readonly [number, number])[]): Topology {
  const raw = Array.from({ length: count }, () => new Set<number>());
  for (const [from, to] of edges) if (from !== to) raw[from]?.add(to);
  const waiting = new Int32Array(count);
  for (const set of raw) for (const to of set) waiting[to] = (waiting[to] as number) + 1;
  const order: number[] = [];
  const ready = Array.from({ length: count }, (_, i) => i).filter((i) => waiting[i] === 0);
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    order.push(next);
    for (const to of raw[next] as Set<number>) {
      waiting[to] = (waiting[to] as number) - 1;
      if (waiting[to] === 0) ready.push(to);
    }
  }
  for (let i = 0; i < count; i++) if ((waiting[i] as number) > 0) order.push(i);
  const place = new Int32Array(count);
  order.forEach((node, i) => {
    place[node] = i;
  });
  const successors = raw.map((set, from) =>
    [...set].filter((to) => (place[to] as number) > (place[from] as number)),
  );
  return { order, successors };
}

/** Longest path from a source, per node. */
export function rankNodes({ order, successors }: Topology): number[] {
  const ranks: number[] = successors.map(() => 0);
  for (const node of order) {
    for (const to of successors[node] ?? [])
      ranks[to] = Math.max(ranks[to] as number, (ranks[node] as number) + 1);
  }
  return ranks;
}
