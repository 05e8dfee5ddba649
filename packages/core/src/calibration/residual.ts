// What a contraction misses its target by, summed over all rows: enough to correct a bias, and no more work than
// running the layer once.

import { floatTensor, intsAttribute } from "@espalier/ir";
import type { RuntimeTensor } from "../runtime.js";
import type { Contraction } from "./contraction.js";
import { castTo, rowSquares, rowSum, type SumOptions, sumRows, type Wanted } from "./sum-rows.js";

/** Sums over all rows; arrays are [blocks, outputs]. */
export interface ResidualSums {
  readonly rows: number;
  /** Σ r and Σ r² with r = t − x·W − bias. */
  readonly r: Float64Array;
  readonly rr: Float64Array;
  /** Σ t and Σ t². */
  readonly t: Float64Array;
  readonly tt: Float64Array;
}

/** Sums of t − x·W − bias for a contraction whose input is `x`, batch by batch, on the runtime. */
export async function residualSums(
  contraction: Contraction,
  x: readonly RuntimeTensor[],
  target: Wanted,
  affine: { readonly matrix: Float64Array; readonly bias: Float64Array },
  options: SumOptions,
): Promise<ResidualSums> {
  const { blocks, columns, outputs } = contraction;
  const zeros = (): Float64Array => new Float64Array(blocks * outputs);
  const sums = { r: zeros(), rr: zeros(), t: zeros(), tt: zeros() };
  const rows = await sumRows(
    contraction,
    x,
    target,
    options,
    sums,
    ({ builder, x: own, wanted, precision }) => {
      if (wanted === null) throw new Error("a residual needs a target");
      const w = builder.weight("w", floatTensor([blocks, columns, outputs], affine.matrix));
      const bias = builder.weight("b", floatTensor([blocks, outputs, 1], affine.bias));
      const across = builder.op("Transpose", [castTo(builder, w, precision)], {
        attributes: { perm: intsAttribute([0, 2, 1]) },
      });
      const made = builder.op("Add", [builder.op("MatMul", [across, own]), castTo(builder, bias, precision)]);
      const r = builder.op("Sub", [wanted, made]);
      return {
        r: rowSum(builder, r),
        rr: rowSquares(builder, r),
        t: rowSum(builder, wanted),
        tt: rowSquares(builder, wanted),
      };
    },
  );
  return { rows, ...sums };
}
