// InstanceNormalization, written out: statistics over space, for each sample and channel. Averaged one axis after the other:
// kernels add up in float32, one after the other, and half a million pixels at once lose three digits more than ONNX
// Runtime does.

import { type InstanceNormalizationView, instanceNormalization } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import { onnxOrder } from "../layout/layout.js";
import { add, multiply } from "./arithmetic.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { standardised } from "./normalization.js";
import { perChannel } from "./per-channel.js";
import { reduceAxes } from "./reduce.js";

export const instanceNormalizationLowering: Lowering<InstanceNormalizationView> = defineLowering({
  definition: instanceNormalization,
  layouts: "channels-last",
  lower: ({ x, scale, bias, y, epsilon }, ctx) => {
    const layout = ctx.layout(x);
    const rank = layout.length;
    const axes = onnxOrder(rank).slice(2);
    const mean = (of: GraphTensor): GraphTensor =>
      axes.reduce((sum, axis) => reduceAxes(ctx, "MEAN", sum, layout, [axis]), of);
    const normal = standardised(ctx, ctx.read(x, layout), epsilon, mean);
    const [gamma, beta] = [scale, bias].map((value) =>
      perChannel(ctx, ctx.constantOf(value, JSON.stringify(value.name)), rank, layout),
    ) as [ReturnType<typeof perChannel>, ReturnType<typeof perChannel>];
    ctx.place(y, add(ctx, multiply(ctx, normal, gamma), beta), layout);
  },
});
