// Conv of any rank: strided, padded, dilated, grouped, depthwise.

import { type ConvView, conv as definition, intAttribute, intsAttribute } from "@espalier/ir";
import type { GradientContext } from "../differentiate/gradient-context.js";
import { convWeightGradient } from "./conv-weight-gradient.js";
import { type ExplicitWindow, explicitWindow } from "./explicit-pads.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂x is the transposed convolution of ∂y with the same weights; ∂b the sum of ∂y over batch and space. */
export const conv: GradientRule<ConvView> = defineGradient({
  definition,
  backward: (view, ctx) => {
    const { x, w, b, y, group } = view;
    const dy = ctx.upstream(y);
    const [from, to] = [ctx.shape(x), ctx.shape(y)];
    const space = to.slice(2).map((_, i) => i + 2);
    const window = explicitWindow(view.window, from.slice(2), to.slice(2));
    if (ctx.wants(b)) ctx.give(b, ctx.make.sum(dy, [0, ...space]));
    if (ctx.wants(w))
      ctx.give(w, convWeightGradient(ctx.make, x, dy, { x: from, w: ctx.shape(w), y: to, group, window }));
    if (ctx.wants(x)) giveInput(view, ctx, window);
  },
  parameters: ({ w, b }) => [w, b],
});

function giveInput({ x, w, y, group }: ConvView, ctx: GradientContext, window: ExplicitWindow): void {
  const { kernel, strides, dilations, begin, end } = window;
  const [from, to] = [ctx.shape(x), ctx.shape(y)];
  // Rows at the end that no window reached: (size + pads − reach) mod stride.
  const rest = kernel.map((size, i) => {
    const reach = (size - 1) * (dilations[i] as number) + 1;
    const covered = ((to[i + 2] as number) - 1) * (strides[i] as number) + reach;
    return (from[i + 2] as number) + (begin[i] as number) + (end[i] as number) - covered;
  });
  const dx = ctx.make.op("ConvTranspose", [ctx.upstream(y), w], {
    kernel_shape: intsAttribute(kernel),
    strides: intsAttribute(strides),
    dilations: intsAttribute(dilations),
    pads: intsAttribute([...begin, ...end]),
    output_padding: intsAttribute(rest),
    group: intAttribute(group),
  });
  ctx.give(x, dx);
}
