// Reductions: the axes are looked up in the layout, so nothing moves.

import { type ReduceView, type Reduction, reductions } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import { type Layout, withoutAxes } from "../layout/layout.js";
import { makeOptions } from "../make-options.js";
import { add, apply, combine, subtract } from "./arithmetic.js";
import type { LowerContext } from "./lower-context.js";
import { defineLowering, type Lowering } from "./lowering.js";

type Reducer = "MEAN" | "SUM" | "REDUCE_MAX" | "REDUCE_MIN" | "REDUCE_PROD";

/** The tensor reduced over ONNX axes, which stay as axes of size 1. */
export function reduceAxes(
  ctx: LowerContext,
  builtin: Reducer,
  tensor: GraphTensor,
  layout: Layout,
  axes: readonly number[],
): GraphTensor {
  if (axes.length === 0) return tensor;
  const places = axes.map((axis) => layout.indexOf(axis)).sort((a, b) => a - b);
  const shape = tensor.shape.map((size, i) => (places.includes(i) ? 1 : size));
  const options = makeOptions("ReducerOptions", { keepDims: true });
  return ctx.emit(builtin, [tensor, ctx.ints(places)], { shape, type: tensor.type }, options);
}

type Compute = (
  ctx: LowerContext,
  x: GraphTensor,
  reduce: (builtin: Reducer, x: GraphTensor) => GraphTensor,
) => GraphTensor;

const FORMS: Readonly<Record<Reduction, Compute>> = {
  sum: (_, x, reduce) => reduce("SUM", x),
  mean: (_, x, reduce) => reduce("MEAN", x),
  max: (_, x, reduce) => reduce("REDUCE_MAX", x),
  min: (_, x, reduce) => reduce("REDUCE_MIN", x),
  prod: (_, x, reduce) => reduce("REDUCE_PROD", x),
  l1: (ctx, x, reduce) => reduce("SUM", apply(ctx, "ABS", x)),
  l2: (ctx, x, reduce) => apply(ctx, "SQRT", reduce("SUM", combine(ctx, "MUL", x, x))),
  "sum-square": (ctx, x, reduce) => reduce("SUM", combine(ctx, "MUL", x, x)),
  "log-sum": (ctx, x, reduce) => apply(ctx, "LOG", reduce("SUM", x)),
  // log Σ eˣ = m + log Σ e^(x − m), which does not overflow
  "log-sum-exp": (ctx, x, reduce) => {
    const most = reduce("REDUCE_MAX", x);
    return add(ctx, apply(ctx, "LOG", reduce("SUM", apply(ctx, "EXP", subtract(ctx, x, most)))), most);
  },
};

export const reduceLowerings: readonly Lowering<ReduceView>[] = reductions.map((definition) =>
  defineLowering({
    definition,
    layouts: "any",
    lower: ({ x, y, reduction, axes, keepDims }, ctx) => {
      if (axes === null)
        return ctx.refuse("NOT_CONSTANT", "the axes are computed while the network runs", "Store the axes.");
      const layout = ctx.layout(x);
      const tensor = ctx.read(x, layout);
      const result = FORMS[reduction](ctx, tensor, (builtin, of) =>
        reduceAxes(ctx, builtin, of, layout, axes),
      );
      if (keepDims) return ctx.place(y, result, layout);
      const places = axes.map((axis) => layout.indexOf(axis));
      const shape = result.shape.filter((_, i) => !places.includes(i));
      ctx.place(y, ctx.reshape(result, shape), withoutAxes(layout, axes));
    },
  }),
);
