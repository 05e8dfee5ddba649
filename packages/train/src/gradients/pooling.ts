// Pools: global averages and maxima, maxima over windows.

import {
  type GlobalPoolView,
  globalAveragePool as globalDefinition,
  globalMaxPool as globalMaxDefinition,
  intAttribute,
  intsAttribute,
  maxPool as maxDefinition,
  type PoolView,
  type Value,
} from "@espalier/ir";
import type { Arithmetic } from "../graph/arithmetic.js";
import { elementCount } from "../graph/element-count.js";
import { explicitWindow } from "./explicit-pads.js";
import { giveToExtrema } from "./extrema.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂x is ∂y/(H·W) everywhere. */
export const globalAveragePool: GradientRule<GlobalPoolView> = defineGradient({
  definition: globalDefinition,
  backward: ({ x, y }, ctx) => {
    if (!ctx.wants(x)) return;
    const shape = ctx.shape(x);
    const area = elementCount(shape.slice(2));
    ctx.give(x, ctx.make.expand(ctx.make.scale(ctx.upstream(y), 1 / area), shape));
  },
});

/** ∂x is ∂y at the maximum of each channel; equal ones share it. */
export const globalMaxPool: GradientRule<GlobalPoolView> = defineGradient({
  definition: globalMaxDefinition,
  backward: ({ x, y }, ctx) => {
    if (!ctx.wants(x)) return;
    const axes = ctx.shape(x).flatMap((_, axis) => (axis < 2 ? [] : [axis]));
    giveToExtrema(ctx, x, y, ctx.upstream(y), axes);
  },
});

/** ∂x is ∂y at the place of each maximum, the first one among equals; where windows overlap the shares add up. */
export const maxPool: GradientRule<PoolView> = defineGradient({
  definition: maxDefinition,
  training: (view, form) => {
    if (view.indices !== null) return;
    const { pooled } = pooledWithIndices(form.make, view, form.shape(view.x), form.shape(view.y));
    form.replace(view.y, pooled);
  },
  backward: (view, ctx) => {
    const { x, y } = view;
    if (!ctx.wants(x)) return;
    const { make } = ctx;
    // Outside a training form nobody asked for the indices, or for others: the pool runs again.
    const own = view.columnMajor ? null : view.indices;
    const indices = own ?? pooledWithIndices(make, view, ctx.shape(x), ctx.shape(y)).indices;
    // They count through the whole tensor.
    const size = elementCount(ctx.shape(x));
    const flat = make.scatterAdd([size], make.reshape(indices, [-1]), make.reshape(ctx.upstream(y), [-1]), 0);
    ctx.give(x, make.reshape(flat, ctx.shape(x)));
  },
});

function pooledWithIndices(
  make: Arithmetic,
  { x, window }: PoolView,
  from: readonly number[],
  to: readonly number[],
): { pooled: Value; indices: Value } {
  const { kernel, strides, dilations, begin, end } = explicitWindow(window, from.slice(2), to.slice(2));
  const [pooled, indices] = make.builder.ops("MaxPool", [x], {
    name: "train/max_pool",
    outputs: 2,
    attributes: {
      kernel_shape: intsAttribute(kernel),
      strides: intsAttribute(strides),
      dilations: intsAttribute(dilations),
      pads: intsAttribute([...begin, ...end]),
      ceil_mode: intAttribute(window.ceilMode ? 1 : 0),
    },
  }) as [Value, Value];
  return { pooled, indices };
}
