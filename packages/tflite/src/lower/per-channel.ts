// One number for each channel (axis 1) as a constant that broadcasts over a value in its layout.

import type { GraphTensor } from "../graph/graph-tensor.js";
import type { Layout } from "../layout/layout.js";
import type { LowerContext } from "./lower-context.js";

export function perChannel(
  ctx: LowerContext,
  numbers: ArrayLike<number>,
  rank: number,
  layout: Layout,
): GraphTensor {
  const behind = rank - 1 - layout.indexOf(Math.min(1, rank - 1));
  return ctx.floats([numbers.length, ...new Array<number>(behind).fill(1)], numbers);
}
