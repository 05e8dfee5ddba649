// PRelu: PRELU, whose slope follows the layout; LEAKY_RELU where one stored slope serves all.

import { type PReluView, pRelu } from "@espalier/ir";
import { makeOptions } from "../make-options.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const pReluLowering: Lowering<PReluView> = defineLowering({
  definition: pRelu,
  layouts: "any",
  lower: ({ x, slope, y }, ctx) => {
    const layout = ctx.layout(x);
    const tensor = ctx.read(x, layout);
    const stored = ctx.numbers(slope);
    if (stored?.length === 1) {
      const options = makeOptions("LeakyReluOptions", { alpha: stored[0] as number });
      return ctx.place(y, ctx.emit("LEAKY_RELU", [tensor], { shape: tensor.shape }, options), layout);
    }
    const slopes = ctx.readBroadcast(slope, layout);
    ctx.place(y, ctx.emit("PRELU", [tensor, slopes], { shape: tensor.shape }), layout);
  },
});
