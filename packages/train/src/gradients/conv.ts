// Conv of any rank: strided, padded, dilated, grouped, depthwise.

import { type ConvView, conv as definition, intAttribute, intsAttribute, type Value } from "@espalier/ir";
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
      ctx.give(w, convWeightGradient(ctx.make, x, dy, { w: ctx.shape(w), y: to, group, window }));
    if (ctx.wants(x)) giveInput(view, ctx, window);
  },
  parameters: ({ w, b }) => [w, b],
});

function giveInput(view: ConvView, ctx: GradientContext, window: ExplicitWindow): void {
  const { x, w, y, group } = view;
  const depthwise = group > 1 && ctx.shape(w)[1] === 1 && ctx.shape(w)[0] === group;
  const flippable = window.strides.every((stride) => stride === 1) && (group === 1 || depthwise);
  const back = flippable ? backwardPads(window) : null;
  const dx =
    back === null
      ? transposedConvolution(view, ctx, window)
      : ctx.make.op("Conv", [ctx.upstream(y), flipped(w, ctx, depthwise)], {
          kernel_shape: intsAttribute(window.kernel),
          dilations: intsAttribute(window.dilations),
          pads: intsAttribute(back),
          group: intAttribute(group),
        });
  ctx.give(x, dx);
}

/** Padding under which the flipped kernel meets all of ∂y from every x; null where it would have to crop. */
function backwardPads({ kernel, dilations, begin, end }: ExplicitWindow): number[] | null {
  const reach = kernel.map((size, i) => (size - 1) * (dilations[i] as number));
  const pads = [begin, end].flatMap((side) => side.map((amount, i) => (reach[i] as number) - amount));
  return pads.every((amount) => amount >= 0) ? pads : null;
}

/** Without strides the transposed convolution is a plain one with the kernel flipped, which is faster: benchmarks/gradient-forms.mjs. */
function flipped(w: Value, ctx: GradientContext, depthwise: boolean): Value {
  const space = ctx.shape(w).slice(2);
  const turned = ctx.make.slice(
    w,
    space.map((size, i) => ({ axis: i + 2, start: size - 1, end: -(size + 1), step: -1 })),
  );
  return depthwise ? turned : ctx.make.transpose(turned, [1, 0, ...space.map((_, i) => i + 2)]);
}

function transposedConvolution(
  { x, w, y, group }: ConvView,
  ctx: GradientContext,
  { kernel, strides, dilations, begin, end }: ExplicitWindow,
): Value {
  const [from, to] = [ctx.shape(x), ctx.shape(y)];
  // Rows at the end that no window reached: size + pads − what the windows cover.
  const rest = kernel.map((size, i) => {
    const reach = (size - 1) * (dilations[i] as number) + 1;
    const covered = ((to[i + 2] as number) - 1) * (strides[i] as number) + reach;
    return (from[i + 2] as number) + (begin[i] as number) + (end[i] as number) - covered;
  });
  return ctx.make.op("ConvTranspose", [ctx.upstream(y), w], {
    kernel_shape: intsAttribute(kernel),
    strides: intsAttribute(strides),
    dilations: intsAttribute(dilations),
    pads: intsAttribute([...begin, ...end]),
    output_padding: intsAttribute(rest),
    group: intAttribute(group),
  });
}
