// Operators that only arrange elements anew: the gradient is arranged back.

import {
  type ConcatView,
  clampRange,
  concat as concatDefinition,
  type FlattenView,
  flatten as flattenDefinition,
  type ReshapeView,
  reshape as reshapeDefinition,
  type SliceView,
  type SplitView,
  type SqueezeView,
  slice as sliceDefinition,
  split as splitDefinition,
  squeeze as squeezeDefinition,
  type TransposeView,
  transpose as transposeDefinition,
  type UnsqueezeView,
  unsqueeze as unsqueezeDefinition,
  type Value,
} from "@espalier/ir";
import type { GradientContext } from "../differentiate/gradient-context.js";
import { unboundShape } from "../differentiate/static-shape.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** The elements stay in their order: ∂x is ∂y in the shape of x. */
function sameOrder({ x, y }: { readonly x: Value; readonly y: Value }, ctx: GradientContext): void {
  if (ctx.wants(x)) ctx.give(x, ctx.make.reshape(ctx.upstream(y), ctx.shape(x)));
}

export const reshape: GradientRule<ReshapeView> = defineGradient({
  definition: reshapeDefinition,
  arranges: ({ x }) => [x],
  backward: (view, ctx) => sameOrder(view, ctx),
});

export const flatten: GradientRule<FlattenView> = defineGradient({
  definition: flattenDefinition,
  arranges: ({ x }) => [x],
  backward: (view, ctx) => sameOrder(view, ctx),
});

export const squeeze: GradientRule<SqueezeView> = defineGradient({
  definition: squeezeDefinition,
  arranges: ({ x }) => [x],
  backward: (view, ctx) => sameOrder(view, ctx),
});

export const unsqueeze: GradientRule<UnsqueezeView> = defineGradient({
  definition: unsqueezeDefinition,
  arranges: ({ x }) => [x],
  backward: (view, ctx) => sameOrder(view, ctx),
});

/** ∂x is ∂y under the inverse permutation. */
export const transpose: GradientRule<TransposeView> = defineGradient({
  definition: transposeDefinition,
  arranges: ({ x }) => [x],
  backward: ({ x, y, perm }, ctx) => {
    if (perm === null) throw unboundShape(x, ctx.facts.shape(x));
    const inverse = perm.map((_, axis) => perm.indexOf(axis));
    ctx.give(x, ctx.make.transpose(ctx.upstream(y), inverse));
  },
});

/** Each operand gets its part of ∂y. */
export const concat: GradientRule<ConcatView> = defineGradient({
  definition: concatDefinition,
  arranges: ({ inputs }) => inputs,
  backward: ({ inputs, y, axis }, ctx) => {
    const dy = ctx.upstream(y);
    if (axis === null) throw unboundShape(y, ctx.facts.shape(y));
    let start = 0;
    for (const x of inputs) {
      const end = start + (ctx.shape(x)[axis] as number);
      if (ctx.wants(x)) ctx.give(x, ctx.make.slice(dy, [{ axis, start, end }]));
      start = end;
    }
  },
});

/** ∂x is the gradients of the parts side by side; a part that nobody reads has none: zeros. */
export const split: GradientRule<SplitView> = defineGradient({
  definition: splitDefinition,
  arranges: ({ x }) => [x],
  backward: ({ x, outputs, axis, sizes }, ctx) => {
    if (!ctx.wants(x)) return;
    if (axis === null || sizes === null) throw unboundShape(x, ctx.facts.shape(x));
    const shape = ctx.shape(x);
    const parts = outputs.map((part, i) => {
      const own = shape.map((size, at) => (at === axis ? (sizes[i] as number) : size));
      return ctx.gradient(part) ?? ctx.make.zeros(own);
    });
    ctx.give(x, ctx.make.concat(parts, axis));
  },
});

/** ∂x is ∂y where it was cut out, spread over the steps, and zero around it. */
export const slice: GradientRule<SliceView> = defineGradient({
  definition: sliceDefinition,
  arranges: ({ x }) => [x],
  backward: ({ x, y, ranges }, ctx) => {
    if (!ctx.wants(x)) return;
    if (ranges === null) throw unboundShape(x, ctx.facts.shape(x));
    const shape = ctx.shape(x);
    let [dx, sizes] = [ctx.upstream(y), [...ctx.shape(y)]];
    for (const range of ranges) {
      const { axis, step } = range;
      const size = shape[axis] as number;
      const { start } = clampRange(range, size);
      const count = sizes[axis] as number;
      if (step < 0) dx = ctx.make.slice(dx, [{ axis, start: count - 1, end: -(count + 1), step: -1 }]);
      const stride = Math.abs(step);
      if (stride > 1) dx = spread(ctx, dx, sizes, axis, stride);
      const first = step < 0 ? start + (count - 1) * step : start;
      const begin = shape.map((_, i) => (i === axis ? first : 0));
      const end = shape.map((_, i) => (i === axis ? size - first - count * stride : 0));
      dx = ctx.make.pad(dx, begin, end);
      sizes[axis] = size;
    }
    ctx.give(x, dx);
  },
});

/** Puts stride − 1 zeros behind every position of an axis. */
function spread(
  ctx: GradientContext,
  x: Value,
  sizes: readonly number[],
  axis: number,
  stride: number,
): Value {
  const apart = [...sizes.slice(0, axis + 1), 1, ...sizes.slice(axis + 1)];
  const none = apart.map(() => 0);
  const behind = apart.map((_, i) => (i === axis + 1 ? stride - 1 : 0));
  const wide = sizes.map((size, i) => (i === axis ? size * stride : size));
  return ctx.make.reshape(ctx.make.pad(ctx.make.reshape(x, apart), none, behind), wide);
}
