// Sparsity as measured: zeros among weights. 1 − density. A removed unit is no zero: it is not there.

import { DataType, type Facts, isFloating, type Model, readFloats, type Tensor } from "@espalier/ir";
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
    zeros += countZeros(tensor);
  }
  return { zeros, prunable, all };
}

function countZeros(tensor: Tensor): number {
  let zeros = 0;
  if (isFloating(tensor.dataType)) {
    for (const weight of readFloats(tensor)) if (weight === 0) zeros++;
  } else {
    // 8-bit floats: a zero has no bit set but its sign; the kinds without a negative zero have NaN there.
    const negative = SIGNED_ZERO.has(tensor.dataType) ? 0x80 : 0;
    for (const byte of tensor.bytes()) if (byte === 0 || byte === negative) zeros++;
  }
  return zeros;
}

const SIGNED_ZERO: ReadonlySet<number> = new Set([DataType.FLOAT8E4M3FN, DataType.FLOAT8E5M2]);
