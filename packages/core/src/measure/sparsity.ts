// Sparsity as measured: zeros among weights. 1 − density. A removed unit is no zero: it is not there.

import { type Facts, type Model, readFloats } from "@espalier/ir";
import { weightsOf } from "./macs.js";

export interface SparsityCount {
  readonly zeros: number;
  /** Elements of weights of rank 2 and more: biases and norms are never pruned element by element. */
  readonly prunable: number;
  readonly all: number;
}

/** Counts exact zeros. */
export function measureSparsity(model: Model, facts: Facts): SparsityCount {
  let [zeros, prunable, all] = [0, 0, 0];
  for (const [value, size] of weightsOf(model, facts)) {
    const tensor = facts.constant(value);
    if (tensor === null) continue;
    all += size;
    if (tensor.dims.length >= 2) prunable += size;
    for (const weight of readFloats(tensor)) if (weight === 0) zeros++;
  }
  return { zeros, prunable, all };
}
