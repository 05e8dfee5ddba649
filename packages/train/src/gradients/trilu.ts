// Trilu: the gradient is the same triangle of ∂y.

import { trilu as definition, intAttribute, type TriluView } from "@espalier/ir";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂x = trilu(∂y) */
export const trilu: GradientRule<TriluView> = defineGradient({
  definition,
  backward: ({ x, y, upper, k }, ctx) => {
    if (!ctx.wants(x)) return;
    const operands = k === null ? [ctx.upstream(y)] : [ctx.upstream(y), k];
    ctx.give(x, ctx.make.op("Trilu", operands, { upper: intAttribute(upper ? 1 : 0) }));
  },
});
