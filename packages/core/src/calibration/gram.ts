// Second moments of what a contraction reads, and its product with what it should give: all that least squares
// needs to know of the data.

import { intsAttribute, type Value } from "@espalier/ir";
import type { RuntimeTensor } from "../runtime.js";
import type { Contraction } from "./contraction.js";
import { type RowParts, rowSquares, rowSum, type SumOptions, sumRows, type Wanted } from "./sum-rows.js";

/** Sums over all rows of all batches; every array is row-major and begins with the block. */
export interface GramSums {
  readonly blocks: number;
  readonly columns: number;
  readonly outputs: number;
  readonly rows: number;
  /** Σ x xᵀ, [blocks, columns, columns]. */
  readonly xx: Float64Array;
  /** Σ x, [blocks, columns]. */
  readonly x: Float64Array;
  /** Σ x tᵀ, [blocks, columns, outputs]; null without a target. */
  readonly xt: Float64Array | null;
  /** Σ t and Σ t², [blocks, outputs]. */
  readonly t: Float64Array | null;
  readonly tt: Float64Array | null;
}

/** Sums for a contraction whose input is `x`, batch by batch, on the runtime. */
export async function gramSums(
  contraction: Contraction,
  x: readonly RuntimeTensor[],
  target: Wanted | null,
  options: SumOptions,
): Promise<GramSums> {
  const { blocks, columns, outputs } = contraction;
  const zeros = (size: number): Float64Array => new Float64Array(blocks * size);
  const inner = { xx: zeros(columns * columns), x: zeros(columns) };
  const cross = target && { xt: zeros(columns * outputs), t: zeros(outputs), tt: zeros(outputs) };
  const rows = await sumRows(contraction, x, target, options, { ...inner, ...cross }, moments);
  return { blocks, columns, outputs, rows, ...inner, xt: null, t: null, tt: null, ...cross };
}

function moments({ builder, x, wanted }: RowParts): Record<string, Value> {
  const across = (value: Value): Value =>
    builder.op("MatMul", [
      x,
      builder.op("Transpose", [value], { attributes: { perm: intsAttribute([0, 2, 1]) } }),
    ]);
  const inner = { xx: across(x), x: rowSum(builder, x) };
  if (wanted === null) return inner;
  return { ...inner, xt: across(wanted), t: rowSum(builder, wanted), tt: rowSquares(builder, wanted) };
}
