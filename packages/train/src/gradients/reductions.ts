// Sums and means over axes: ∂x is ∂y, spread over what was summed.

import { type OpDefinition, type ReduceView, reductions } from "@espalier/ir";
import { unboundShape } from "../differentiate/unbound-shape.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

const reduction = (opType: string, mean: boolean): GradientRule<ReduceView> =>
  defineGradient({
    definition: reductions.find((one) => one.opType === opType) as OpDefinition<ReduceView>,
    backward: ({ x, y, axes }, ctx) => {
      if (!ctx.wants(x)) return;
      if (axes === null) throw unboundShape(x, ctx.facts.shape(x));
      const shape = ctx.shape(x);
      const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
      const count = axes.reduce((all, axis) => all * (shape[axis] as number), 1);
      const dy = ctx.make.reshape(ctx.upstream(y), kept);
      ctx.give(x, ctx.make.expand(ctx.make.scale(dy, mean ? 1 / count : 1), shape));
    },
  });

export const reduceSum: GradientRule<ReduceView> = reduction("ReduceSum", false);
export const reduceMean: GradientRule<ReduceView> = reduction("ReduceMean", true);
