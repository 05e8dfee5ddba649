// Concat, along the axis where it lies.

import { type ConcatView, concat } from "@espalier/ir";
import { physicalShape } from "../layout/layout.js";
import { makeOptions } from "../make-options.js";
import { commonLayout } from "./broadcast-layout.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const concatLowering: Lowering<ConcatView> = defineLowering({
  definition: concat,
  layouts: "any",
  lower: ({ inputs, y, axis }, ctx) => {
    const shape = ctx.shape(y);
    const layout = commonLayout(ctx, inputs, shape.length);
    const parts = inputs
      .filter((input) => ctx.shape(input)[axis as number] !== 0)
      .map((input) => ctx.read(input, layout));
    const [first] = parts;
    if (first === undefined) return ctx.refuse("INVALID_NODE", "all its operands are empty", "Take it out.");
    if (parts.length === 1) return ctx.place(y, first, layout);
    const options = makeOptions("ConcatenationOptions", { axis: layout.indexOf(axis as number) });
    const output = { shape: physicalShape(shape, layout), type: first.type };
    ctx.place(y, ctx.emit("CONCATENATION", parts, output, options), layout);
  },
});
