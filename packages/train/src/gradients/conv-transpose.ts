// ConvTranspose of any rank: strided, padded, dilated, grouped, with output padding.

import {
  type ConvTransposeView,
  convTranspose as definition,
  intAttribute,
  intsAttribute,
  type Value,
} from "@espalier/ir";
import type { GradientContext } from "../differentiate/gradient-context.js";
import { convWeightGradient } from "./conv-weight-gradient.js";
import { type ExplicitWindow, halves } from "./explicit-pads.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/**
 * A transposed convolution is the gradient of a convolution with the same weights, so its own gradient is that
 * convolution: ∂x = conv(∂y, W); ∂W is that of the convolution's weights with ∂y in the place of its input and x in the
 * place of its gradient; ∂b the sum of ∂y over batch and space.
 */
export const convTranspose: GradientRule<ConvTransposeView> = defineGradient({
  definition,
  backward: (view, ctx) => {
    const { x, w, b, y, group } = view;
    const dy = ctx.upstream(y);
    const [small, large] = [ctx.shape(x), ctx.shape(y)];
    const window = windowOf(view, small.slice(2), large.slice(2));
    if (ctx.wants(b)) ctx.give(b, ctx.make.sum(dy, [0, ...large.slice(2).map((_, i) => i + 2)]));
    if (ctx.wants(w)) {
      const shapes = { w: ctx.shape(w), y: small, group, window };
      ctx.give(w, convWeightGradient(ctx.make, dy, x, shapes));
    }
    if (ctx.wants(x)) giveInput(view, ctx, dy, window);
  },
  parameters: ({ w, b }) => [w, b],
});

function giveInput(
  { x, w, group }: ConvTransposeView,
  ctx: GradientContext,
  dy: Value,
  window: ExplicitWindow,
): void {
  const { kernel, strides, dilations, begin, end } = window;
  const dx = ctx.make.op("Conv", [dy, w], {
    kernel_shape: intsAttribute(kernel),
    strides: intsAttribute(strides),
    dilations: intsAttribute(dilations),
    pads: intsAttribute([...begin, ...end]),
    group: intAttribute(group),
  });
  ctx.give(x, dx);
}

/** Padding in numbers: where only the size of y is given, what remains is cut off at both ends. */
function windowOf(
  { window, outputPadding, outputShape }: ConvTransposeView,
  small: readonly number[],
  large: readonly number[],
): ExplicitWindow {
  const { strides, dilations, autoPad, padBegin, padEnd } = window;
  const kernel = window.kernel.map(Number);
  if (outputShape === null && !autoPad.startsWith("SAME"))
    return { kernel, strides, dilations, begin: padBegin, end: padEnd };
  const total = large.map((size, i) => {
    const reach = ((kernel[i] as number) - 1) * (dilations[i] as number) + 1;
    const full = ((small[i] as number) - 1) * (strides[i] as number) + reach + (outputPadding[i] ?? 0);
    return Math.max(0, full - size);
  });
  return { kernel, strides, dilations, ...halves(total, autoPad) };
}
