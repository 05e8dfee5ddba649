// PRelu: x where it is positive, else slope·x; the slope is broadcast to x.

import { pRelu as definition, type PReluView } from "@espalier/ir";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂x = ∂y where x > 0, else ∂y·slope; ∂slope = Σ∂y·x over x ≤ 0. */
export const pRelu: GradientRule<PReluView> = defineGradient({
  definition,
  backward: ({ x, slope, y }, ctx) => {
    const { make } = ctx;
    const dy = ctx.upstream(y);
    const positive = make.greater(x, make.scalar(0));
    if (ctx.wants(x)) ctx.give(x, make.where(positive, dy, make.multiply(dy, slope)));
    if (ctx.wants(slope))
      ctx.giveBroadcast(slope, make.where(positive, make.scalar(0), make.multiply(dy, x)), y);
  },
  parameters: ({ slope }) => [slope],
});
