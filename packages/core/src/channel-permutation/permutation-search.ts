// Channel permutation: in which order the input channels of a layer lie decides which of them share blocks of four, and
// so how much 2:4 takes away. Orders are searched here; nothing is permuted in a network.

import { EspalierError } from "@espalier/ir";
import { type ColumnMagnitudes, columnMagnitudes, keptOf, type WeightRows } from "./column-magnitudes.js";

export interface FoundPermutation {
  /** The column of the weight that lies at each place. Within a block they ascend: their order there is free. */
  readonly permutation: Uint32Array;
  /** Σ|w| that 2:4 keeps in this order. */
  readonly kept: number;
  /** Σ|w| that 2:4 keeps as the columns came. */
  readonly keptBefore: number;
}

/**
 * Searches an order of columns for a higher Σ|w| under 2:4; never gives a worse one than the columns' own. Pure: the same
 * weights give the same order.
 *
 * Source: Pool and Yu 2021, "Channel Permutations for N:M Sparsity", NeurIPS 2021.
 */
export interface PermutationSearch {
  readonly name: string;
  /** @throws EspalierError `TENSOR_SIZE`, `PATTERN_UNFIT`, `NONFINITE` */
  search(weights: WeightRows): FoundPermutation;
}

/** A search from a function that orders columns; kept only if it is a gain. */
export function permutationSearch(
  name: string,
  order: (columns: ColumnMagnitudes) => ArrayLike<number>,
): PermutationSearch {
  return {
    name,
    search: (weights) => {
      const columns = columnMagnitudes(weights);
      const identity = Uint32Array.from({ length: weights.columns }, (_, i) => i);
      const keptBefore = keptOf(columns, identity);
      const permutation = Uint32Array.from(order(columns));
      for (let i = 0; i < permutation.length; i += 4) permutation.subarray(i, i + 4).sort();
      const kept = keptOf(columns, permutation);
      return kept > keptBefore
        ? { permutation, kept, keptBefore }
        : { permutation: identity, kept: keptBefore, keptBefore };
    },
  };
}

/** @throws EspalierError `INVALID_OPTION` */
export function checkCount(option: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 0) return;
  throw new EspalierError("INVALID_OPTION", `${option} makes no sense`, {
    where: option,
    expected: "a whole number of at least 0",
    found: String(count),
  });
}

/** A gain below this share of Σ|w| is rounding: moves for it could go round in circles. */
export const LEAST_GAIN = 1e-9;
