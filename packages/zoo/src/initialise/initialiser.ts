// What an initialiser is: it fills one weight from a seeded generator, knowing how many numbers meet in one unit.

import type { Random } from "@espalier/core";

/** How many inputs one output of a layer sums (`in`), and how many outputs one input reaches (`out`). */
export interface Fans {
  readonly in: number;
  readonly out: number;
}

/** Fills `values` in place; the same generator state gives the same numbers. */
export type Initialiser = (values: Float32Array, fans: Fans, random: Random) => void;

/**
 * Fans of a weight whose first axis are the outputs: `[O, I]` of a linear layer, `[O, I / groups, kH, kW]` of a
 * convolution. One output of a convolution sums I / groups · kH · kW numbers; one input reaches O / groups · kH · kW.
 */
export function fansOf(dims: readonly number[], groups = 1): Fans {
  const [outputs = 1, inputs = 1, ...window] = dims;
  const area = window.reduce((product, size) => product * size, 1);
  return { in: inputs * area, out: (outputs / groups) * area };
}
