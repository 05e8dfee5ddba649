// LayerNormalization, and RMSNormalization under its two names: over all axes from one on.

import {
  type LayerNormalizationView,
  layerNormalization as layerDefinition,
  type OpDefinition,
  rmsNormalization as rmsDefinition,
  simplifiedLayerNormalization as simplifiedDefinition,
} from "@espalier/ir";
import { unboundShape } from "../differentiate/static-shape.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";
import { noGradientOf } from "./refusal.js";
import { standardise } from "./standardise.js";

/**
 * y = γ·x̂ + β: ∂γ = Σ∂y·x̂, ∂β = Σ∂y over what they were broadcast to, ∂x from γ·∂y (Ba, Kiros and Hinton 2016,
 * arXiv:1607.06450). RMSNormalization has neither mean nor β (Zhang and Sennrich 2019, arXiv:1910.07467).
 */
const normalisation = (
  definition: OpDefinition<LayerNormalizationView>,
  centred: boolean,
): GradientRule<LayerNormalizationView> =>
  defineGradient({
    definition,
    backward: ({ x, scale, bias, y, axis, epsilon, otherOutputs }, ctx) => {
      if (axis === null) throw unboundShape(x, ctx.facts.shape(x));
      if (otherOutputs.some((output) => ctx.gradient(output) !== null))
        throw noGradientOf(y, "the loss depends on its statistics");
      const { make } = ctx;
      const shape = ctx.shape(x);
      const dy = ctx.gradient(y) ?? make.zeros(shape);
      const axes = shape.flatMap((_, i) => (i < axis ? [] : [i]));
      ctx.giveBroadcast(bias, dy, y);
      if (!ctx.wants(x) && !ctx.wants(scale)) return;
      const { value, back } = standardise(ctx, x, shape, axes, epsilon, centred);
      if (ctx.wants(scale)) ctx.giveBroadcast(scale, make.multiply(dy, value), y);
      if (ctx.wants(x)) ctx.give(x, back(make.multiply(dy, scale)));
    },
    parameters: ({ scale, bias }) => [scale, bias],
  });

export const layerNormalization: GradientRule<LayerNormalizationView> = normalisation(layerDefinition, true);
export const rmsNormalization: GradientRule<LayerNormalizationView> = normalisation(rmsDefinition, false);
export const simplifiedLayerNormalization: GradientRule<LayerNormalizationView> = normalisation(
  simplifiedDefinition,
  false,
);
