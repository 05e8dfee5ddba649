// Parts of a tensor: SLICE for runs, STRIDED_SLICE for steps. Places are those in memory.

import type { GraphTensor } from "../graph/graph-tensor.js";
import { makeOptions } from "../make-options.js";
import type { LowerContext } from "./lower-context.js";

/** The part of a tensor that begins here and has this size. */
export function sliceRun(
  ctx: LowerContext,
  tensor: GraphTensor,
  begin: readonly number[],
  size: readonly number[],
): GraphTensor {
  if (tensor.shape.join() === size.join()) return tensor;
  return ctx.emit("SLICE", [tensor, ctx.ints(begin), ctx.ints(size)], { shape: size, type: tensor.type });
}

/** Every `step`-th element from `begin` on, `size` of them, along each axis. Steps may be negative. */
export function sliceSteps(
  ctx: LowerContext,
  tensor: GraphTensor,
  begin: readonly number[],
  size: readonly number[],
  steps: readonly number[],
): GraphTensor {
  if (steps.every((step, i) => step === 1 || size[i] === 1)) return sliceRun(ctx, tensor, begin, size);
  const ends = begin.map((start, i) => start + (size[i] as number) * (steps[i] as number));
  // An end before the first element cannot be written as a number: -1 is the last one.
  const open = ends.reduce((mask, end, i) => (end < 0 ? mask | (1 << i) : mask), 0);
  const options = makeOptions("StridedSliceOptions", { endMask: open });
  const clamped = ends.map((end, i) => Math.min(Math.max(end, 0), tensor.shape[i] as number));
  const inputs = [tensor, ctx.ints(begin), ctx.ints(clamped), ctx.ints(steps)];
  return ctx.emit("STRIDED_SLICE", inputs, { shape: size, type: tensor.type }, options);
}
