// ImageScaler: y = scale·x + bias[channel].

import { type ImageScalerView, imageScaler } from "@espalier/ir";
import { add, multiply } from "./arithmetic.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { perChannel } from "./per-channel.js";

export const imageScalerLowering: Lowering<ImageScalerView> = defineLowering({
  definition: imageScaler,
  layouts: "any",
  lower: ({ x, y, bias, scale }, ctx) => {
    const layout = ctx.layout(x);
    const scaled = multiply(ctx, ctx.read(x, layout), scale);
    const shifted =
      bias.length === 0 ? scaled : add(ctx, scaled, perChannel(ctx, bias, layout.length, layout));
    ctx.place(y, shifted, layout);
  },
});
