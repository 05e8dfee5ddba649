// LpNormalization: divides by the norm along one axis.

import { lpNormalization as definition, type LpNormalizationView, type Value } from "@espalier/ir";
import { unboundShape } from "../differentiate/static-shape.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** y = x/‖x‖: ∂x = (∂y − y·Σ∂y·y)/‖x‖ for p = 2 and (∂y − sign(x)·Σ∂y·y)/‖x‖ for p = 1, the sums along the axis. */
export const lpNormalization: GradientRule<LpNormalizationView> = defineGradient({
  definition,
  backward: ({ x, y, axis, p }, ctx) => {
    if (!ctx.wants(x)) return;
    if (axis === null) throw unboundShape(x, ctx.facts.shape(x));
    const { make } = ctx;
    const dy = ctx.upstream(y);
    const total = (value: Value): Value => make.sum(value, [axis], true);
    const norm = p === 1 ? total(make.op("Abs", [x])) : make.sqrt(total(make.square(x)));
    const direction = p === 1 ? make.op("Sign", [x]) : y;
    const along = make.multiply(direction, total(make.multiply(dy, y)));
    ctx.give(x, make.divide(make.subtract(dy, along), norm));
  },
});
