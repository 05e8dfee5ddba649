// Transpose: nothing moves. The axes get other numbers, and where an operator wants another order than that a TRANSPOSE is
// made there.

import { type TransposeView, transpose } from "@espalier/ir";
import { onnxOrder, relabelled } from "../layout/layout.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const transposeLowering: Lowering<TransposeView> = defineLowering({
  definition: transpose,
  layouts: "any",
  reorders: true,
  lower: ({ x, y, perm }, ctx) => {
    const { layout, scramble } = ctx.placement(x);
    const own = scramble === null ? layout : onnxOrder(ctx.shape(x).length);
    ctx.place(y, ctx.read(x, own), relabelled(own, perm ?? [...own].sort((a, b) => b - a)));
  },
});
