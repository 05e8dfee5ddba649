// What all normalisations share: (x − mean)/√(variance + ε), with both taken over some axes of the value itself.

import type { GraphTensor } from "../graph/graph-tensor.js";
import { add, apply, combine, multiply, subtract } from "./arithmetic.js";
import type { LowerContext } from "./lower-context.js";

/** @param mean  averages a tensor over the axes, which stay as axes of size 1 */
export function standardised(
  ctx: LowerContext,
  x: GraphTensor,
  epsilon: number,
  mean: (of: GraphTensor) => GraphTensor,
): GraphTensor {
  return overRoot(ctx, subtract(ctx, x, mean(x)), epsilon, mean);
}

/** x/√(mean of squares + ε) */
export function overRoot(
  ctx: LowerContext,
  x: GraphTensor,
  epsilon: number,
  mean: (of: GraphTensor) => GraphTensor,
): GraphTensor {
  const squares = mean(combine(ctx, "MUL", x, x));
  return multiply(ctx, x, apply(ctx, "RSQRT", add(ctx, squares, epsilon)));
}
