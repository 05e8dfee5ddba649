// How much of what 2:4 loses against unstructured pruning a permutation wins back.

import { columnMagnitudes, keptOf, type WeightRows } from "./column-magnitudes.js";

/** Σ|w| that is kept of half of the weights. */
export interface KeptMagnitudes {
  /** Of all weights. */
  readonly dense: number;
  /** By 2:4, the columns as they came. */
  readonly plain: number;
  /** By 2:4, the columns permuted. */
  readonly permuted: number;
  /** By the largest half of every row. */
  readonly unstructured: number;
  /** (permuted − plain)/(unstructured − plain), at most 1; null where the two are equal. */
  readonly efficacy: number | null;
}

/**
 * Source: Pool and Yu 2021, §5. In percent there, a ratio here.
 *
 * @throws EspalierError `TENSOR_SIZE`, `PATTERN_UNFIT`, `NONFINITE`
 */
export function permutationEfficacy(weights: WeightRows, permutation: Uint32Array): KeptMagnitudes {
  const columns = columnMagnitudes(weights);
  const plain = keptOf(
    columns,
    Array.from({ length: weights.columns }, (_, i) => i),
  );
  const permuted = keptOf(columns, permutation);
  const dense = columns.magnitudes.reduce((sum, value) => sum + value, 0);
  let unstructured = 0;
  for (let row = 0; row < weights.rows; row++) {
    const start = row * weights.columns;
    const ascending = weights.values
      .slice(start, start + weights.columns)
      .map(Math.abs)
      .sort();
    unstructured += ascending.subarray(weights.columns / 2).reduce((sum, value) => sum + value, 0);
  }
  const gap = unstructured - plain;
  return {
    dense,
    plain,
    permuted,
    unstructured,
    efficacy: gap > 0 ? (permuted - plain) / gap : null,
  };
}
