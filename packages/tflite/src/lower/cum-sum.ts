// CumSum, along the axis where it lies.

import { type CumSumView, cumSum } from "@espalier/ir";
import { makeOptions } from "../make-options.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const cumSumLowering: Lowering<CumSumView> = defineLowering({
  definition: cumSum,
  layouts: "any",
  lower: ({ x, y, axis, exclusive, reverse }, ctx) => {
    if (axis === null)
      return ctx.refuse("NOT_CONSTANT", "the axis is computed while the network runs", "Store the axis.");
    const layout = ctx.layout(x);
    const tensor = ctx.read(x, layout);
    const place = ctx.reshape(ctx.ints([layout.indexOf(axis)]), []);
    const options = makeOptions("CumsumOptions", { exclusive, reverse });
    ctx.place(
      y,
      ctx.emit("CUMSUM", [tensor, place], { shape: tensor.shape, type: tensor.type }, options),
      layout,
    );
  },
});
