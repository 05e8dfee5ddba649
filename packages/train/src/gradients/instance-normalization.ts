// InstanceNormalization: each channel of each sample by itself.

import { instanceNormalization as definition, type InstanceNormalizationView } from "@espalier/ir";
import { defineGradient, type GradientRule } from "./gradient-rule.js";
import { standardise } from "./standardise.js";

/** y = γ·x̂ + β per channel: ∂γ = Σ∂y·x̂, ∂β = Σ∂y over batch and space, ∂x from γ·∂y. */
export const instanceNormalization: GradientRule<InstanceNormalizationView> = defineGradient({
  definition,
  backward: ({ x, scale, bias, y, epsilon }, ctx) => {
    const { make } = ctx;
    const dy = ctx.upstream(y);
    const shape = ctx.shape(x);
    const space = shape.flatMap((_, axis) => (axis < 2 ? [] : [axis]));
    if (ctx.wants(bias)) ctx.give(bias, make.sum(dy, [0, ...space]));
    if (!ctx.wants(x) && !ctx.wants(scale)) return;
    const { value, back } = standardise(ctx, x, shape, space, epsilon, true);
    if (ctx.wants(scale)) ctx.give(scale, make.sum(make.multiply(dy, value), [0, ...space]));
    const perChannel = make.reshape(scale, [shape[1] as number, ...space.map(() => 1)]);
    if (ctx.wants(x)) ctx.give(x, back(make.multiply(dy, perChannel)));
  },
  parameters: ({ scale, bias }) => [scale, bias],
});
