// BatchNormalization at inference: per channel, exact. In training mode its statistics are outputs: a barrier.

import { type BatchNormalizationView, batchNormalization as definition } from "@espalier/ir";
import { Barrier } from "../groups/link-context.js";
import { defineHandler, type OpHandler } from "./handler.js";

export const batchNormalization: OpHandler<BatchNormalizationView> = defineHandler({
  definition,
  links: ({ x, scale, bias, mean, variance, y, training }, ctx) => {
    if (training) throw new Barrier("UNSUPPORTED_OP", "training mode");
    const axes = ctx.axes(x);
    const channel = ctx.axis(x, axes.length === 1 ? 0 : 1);
    for (const parameter of [scale, bias, mean, variance]) {
      ctx.unify(ctx.axis(parameter, 0), channel);
      ctx.role(parameter, 0, parameter === scale ? "gain" : "scales");
    }
    ctx.define(y, axes);
  },
  runningStatistics: ({ x, y, scale, bias, mean, variance, epsilon, training }) =>
    training ? null : { x, y, scale, bias, mean, variance, epsilon },
});
