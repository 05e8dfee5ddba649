// GroupNormalization: groups of channels of each sample by themselves.

import { groupNormalization as definition, type GroupNormalizationView } from "@espalier/ir";
import { elementCount } from "../graph/element-count.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";
import { standardise } from "./standardise.js";

/**
 * y = γ·x̂ + β, x̂ over x as [N, groups, rest] (Wu and He 2018, arXiv:1803.08494); γ and β per channel, before opset 21 per
 * group: ∂γ = Σ∂y·x̂, ∂β = Σ∂y over all other axes, ∂x from γ·∂y.
 */
export const groupNormalization: GradientRule<GroupNormalizationView> = defineGradient({
  definition,
  backward: ({ x, scale, bias, y, groups, epsilon, perChannel }, ctx) => {
    const { make } = ctx;
    const shape = ctx.shape(x);
    const [samples, channels] = shape as [number, number];
    const rest = elementCount(shape.slice(1)) / groups;
    const grouped = [samples, groups, rest];
    // With one axis along which γ counts.
    const fine = perChannel ? [samples, channels, (rest * groups) / channels] : grouped;
    const dy = make.reshape(ctx.upstream(y), fine);
    if (ctx.wants(bias)) ctx.give(bias, make.sum(dy, [0, 2]));
    if (!ctx.wants(x) && !ctx.wants(scale)) return;
    const { value, back } = standardise(ctx, make.reshape(x, grouped), grouped, [2], epsilon, true);
    if (ctx.wants(scale)) ctx.give(scale, make.sum(make.multiply(dy, make.reshape(value, fine)), [0, 2]));
    if (!ctx.wants(x)) return;
    const scaled = make.multiply(dy, make.reshape(scale, [fine[1] as number, 1]));
    ctx.give(x, make.reshape(back(make.reshape(scaled, grouped)), shape));
  },
  parameters: ({ scale, bias }) => [scale, bias],
});
