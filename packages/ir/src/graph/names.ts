// Names that are free: what surgery and graph builders add must not collide with the user's names.

import { type Graph, graphsWithin } from "./graph.js";

/** Hands out names no value or node of a graph uses, deterministically. */
export class FreshNames {
  readonly #taken = new Set<string>();
  /** Where the search for a number goes on; names are never given back. */
  readonly #next = new Map<string, number>();

  constructor(graph: Graph) {
    for (const inner of graphsWithin(graph)) {
      for (const value of [...inner.inputs, ...inner.initializers]) this.#taken.add(value.name);
      for (const node of inner.nodes) {
        this.#taken.add(node.name);
        for (const output of node.outputs) if (output !== null) this.#taken.add(output.name);
      }
    }
  }

  /** `base` itself when free, else `base_2`, `base_3` ... */
  fresh(base: string): string {
    let name = base;
    let next = this.#next.get(base) ?? 2;
    for (; this.#taken.has(name); next++) name = `${base}_${next}`;
    this.#next.set(base, next);
    this.#taken.add(name);
    return name;
  }
}
