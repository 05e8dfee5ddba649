// GroupNormalization, written out: statistics over space and the channels of a group, which are an axis of their own beside
// the groups meanwhile.

import { type GroupNormalizationView, groupNormalization } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import { makeOptions } from "../make-options.js";
import { add, multiply } from "./arithmetic.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { standardised } from "./normalization.js";
import { perChannel } from "./per-channel.js";

export const groupNormalizationLowering: Lowering<GroupNormalizationView> = defineLowering({
  definition: groupNormalization,
  layouts: "channels-last",
  lower: ({ x, scale, bias, y, groups, epsilon, perChannel: ofChannels }, ctx) => {
    const [, channels = 1] = ctx.shape(x);
    const layout = ctx.layout(x);
    const tensor = ctx.read(x, layout);
    const at = layout.indexOf(1);
    const apart = [...tensor.shape.slice(0, at), groups, channels / groups, ...tensor.shape.slice(at + 1)];
    // All but the batch and the groups, one after the other: see InstanceNormalization.
    const places = apart
      .map((_, i) => i)
      .filter((i) => i !== layout.indexOf(0) + Number(layout.indexOf(0) > at) && i !== at);
    const mean = (of: GraphTensor): GraphTensor =>
      places.reduce((sum, place) => {
        const shape = sum.shape.map((size, i) => (i === place ? 1 : size));
        return ctx.emit(
          "MEAN",
          [sum, ctx.ints([place])],
          { shape },
          makeOptions("ReducerOptions", { keepDims: true }),
        );
      }, of);
    const normal = ctx.reshape(standardised(ctx, ctx.reshape(tensor, apart), epsilon, mean), tensor.shape);
    const [gamma, beta] = [scale, bias].map((value) => {
      const numbers = ctx.constantOf(value, JSON.stringify(value.name));
      const whole = Float32Array.from({ length: channels }, (_, channel) =>
        Number(numbers[ofChannels ? channel : Math.floor((channel * groups) / channels)]),
      );
      return perChannel(ctx, whole, layout.length, layout);
    }) as [GraphTensor, GraphTensor];
    ctx.place(y, add(ctx, multiply(ctx, normal, gamma), beta), layout);
  },
});
