// Dropout: nothing, in inference.

import { type DropoutView, dropout } from "@espalier/ir";
import { defineLowering, type Lowering } from "./lowering.js";

export const dropoutLowering: Lowering<DropoutView> = defineLowering({
  definition: dropout,
  layouts: "any",
  lower: ({ x, y, mask, training }, ctx) => {
    if (training !== false)
      return ctx.refuse("ATTRIBUTE_NOT_LOWERED", "it drops units", "Export it for inference.");
    if (mask !== null && ctx.isUsed(mask))
      return ctx.refuse("ATTRIBUTE_NOT_LOWERED", "its mask is read", "Export it for inference.");
    const { tensor, layout, scramble } = ctx.placement(x);
    ctx.place(y, tensor, layout, scramble);
  },
});
