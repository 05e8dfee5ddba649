// Softmax and LogSoftmax along one axis.

import { softmax as definition, logSoftmax as logDefinition, type SoftmaxView } from "@espalier/ir";
import { unboundShape } from "../differentiate/static-shape.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂x = y·(∂y − Σ∂y·y), the sum along the axis. */
export const softmax: GradientRule<SoftmaxView> = defineGradient({
  definition,
  backward: ({ x, y, axis }, ctx) => {
    const { make } = ctx;
    if (axis === null) throw unboundShape(x, ctx.facts.shape(x));
    const weighted = make.multiply(ctx.upstream(y), y);
    const total = make.sum(weighted, [axis], true);
    ctx.give(x, make.subtract(weighted, make.multiply(y, total)));
  },
});

/** ∂x = ∂y − eʸ·Σ∂y, the sum along the axis. */
export const logSoftmax: GradientRule<SoftmaxView> = defineGradient({
  definition: logDefinition,
  backward: ({ x, y, axis }, ctx) => {
    const { make } = ctx;
    if (axis === null) throw unboundShape(x, ctx.facts.shape(x));
    const dy = ctx.upstream(y);
    const total = make.sum(dy, [axis], true);
    ctx.give(x, make.subtract(dy, make.multiply(make.op("Exp", [y]), total)));
  },
});
