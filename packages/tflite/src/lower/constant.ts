// Constant: its tensor is made where it is read, in the layout asked for. One that cannot be read is refused here.

import { type ConstantView, constant } from "@espalier/ir";
import { defineLowering, type Lowering } from "./lowering.js";

export const constantLowering: Lowering<ConstantView> = defineLowering({
  definition: constant,
  layouts: "any",
  lower: ({ y }, ctx) => {
    if (ctx.numbers(y) === null)
      ctx.refuse("TYPE_NOT_LOWERED", "it holds no dense tensor of numbers", "Store a dense tensor.");
  },
});
