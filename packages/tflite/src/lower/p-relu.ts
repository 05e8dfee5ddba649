// PRelu: PRELU with a stored slope, which follows the layout.

import { type PReluView, pRelu } from "@espalier/ir";
import { defineLowering, type Lowering } from "./lowering.js";

export const pReluLowering: Lowering<PReluView> = defineLowering({
  definition: pRelu,
  layouts: "any",
  lower: ({ x, slope, y }, ctx) => {
    const layout = ctx.layout(x);
    const tensor = ctx.read(x, layout);
    const slopes = ctx.readBroadcast(slope, layout);
    ctx.place(y, ctx.emit("PRELU", [tensor, slopes], { shape: tensor.shape }), layout);
  },
});
