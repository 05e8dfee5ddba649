// Pools: global averages, maxima over windows.

import {
  type GlobalPoolView,
  globalAveragePool as globalDefinition,
  intAttribute,
  intsAttribute,
  maxPool as maxDefinition,
  type PoolView,
  stringAttribute,
  type Value,
} from "@espalier/ir";
import { explicitWindow } from "./explicit-pads.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂x is ∂y/(H·W) everywhere. */
export const globalAveragePool: GradientRule<GlobalPoolView> = defineGradient({
  definition: globalDefinition,
  backward: ({ x, y }, ctx) => {
    if (!ctx.wants(x)) return;
    const shape = ctx.shape(x);
    const area = shape.slice(2).reduce((all, size) => all * size, 1);
    ctx.give(x, ctx.make.expand(ctx.make.scale(ctx.upstream(y), 1 / area), shape));
  },
});

/** ∂x is ∂y at the place of each maximum, the first one among equals; where windows overlap the shares add up. */
export const maxPool: GradientRule<PoolView> = defineGradient({
  definition: maxDefinition,
  training: ({ x, y, window, indices }, form) => {
    if (indices !== null) return;
    const [from, to] = [form.shape(x), form.shape(y)];
    const { kernel, strides, dilations, begin, end } = explicitWindow(window, from.slice(2), to.slice(2));
    const [pooled] = form.make.builder.ops("MaxPool", [x], {
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
    form.replace(y, pooled);
  },
  backward: ({ x, y, indices }, ctx) => {
    if (!ctx.wants(x) || indices === null) return;
    const { make } = ctx;
    const size = ctx.shape(x).reduce((all, one) => all * one, 1);
    // The indices count through the whole tensor.
    const flat = make.op(
      "ScatterElements",
      [make.zeros([size]), make.reshape(indices, [-1]), make.reshape(ctx.upstream(y), [-1])],
      { axis: intAttribute(0), reduction: stringAttribute("add") },
    );
    ctx.give(x, make.reshape(flat, ctx.shape(x)));
  },
});
