// Cast between float types: the gradient is cast back.

import { type CastView, DataType, cast as definition } from "@espalier/ir";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂x = ∂y as the type of x. */
export const cast: GradientRule<CastView> = defineGradient({
  definition,
  anyFloat: true,
  arranges: ({ x }) => [x],
  backward: ({ x, y, to }, ctx) => {
    if (!ctx.wants(x)) return;
    const from = ctx.facts.dataType(x) ?? DataType.FLOAT;
    const dy = ctx.upstream(y);
    ctx.give(x, from === to ? dy : ctx.make.cast(dy, from));
  },
});
