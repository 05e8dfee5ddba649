// BatchNormalization in inference: y = x·s + t with s = γ/√(σ² + ε), t = β − μ·s, both known when the file is written. A
// pass folds them into the weights in front where there are any.

import { type BatchNormalizationView, batchNormalization } from "@espalier/ir";
import { add, multiply } from "./arithmetic.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { perChannel } from "./per-channel.js";

export const batchNormalizationLowering: Lowering<BatchNormalizationView> = defineLowering({
  definition: batchNormalization,
  layouts: "any",
  lower: ({ x, scale, bias, mean, variance, y, epsilon, training }, ctx) => {
    if (training)
      return ctx.refuse(
        "ATTRIBUTE_NOT_LOWERED",
        "it computes statistics of the batch",
        "Export it for inference.",
      );
    const [gamma, beta, mu, sigma] = [scale, bias, mean, variance].map((value) =>
      ctx.constantOf(value, JSON.stringify(value.name)),
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const factors = Float64Array.from(gamma, (g, i) => g / Math.sqrt((sigma[i] as number) + epsilon));
    const offsets = Float64Array.from(beta, (b, i) => b - (mu[i] as number) * (factors[i] as number));
    const rank = ctx.shape(x).length;
    const layout = ctx.layout(x);
    const scaled = multiply(ctx, ctx.read(x, layout), perChannel(ctx, factors, rank, layout));
    ctx.place(y, add(ctx, scaled, perChannel(ctx, offsets, rank, layout)), layout);
  },
});
