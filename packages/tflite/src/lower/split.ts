// Split, along the axis where it lies: SPLIT for equal parts, SPLIT_V for others.

import { type SplitView, split } from "@espalier/ir";
import { makeOptions } from "../make-options.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const splitLowering: Lowering<SplitView> = defineLowering({
  definition: split,
  layouts: "any",
  lower: ({ x, outputs, axis, sizes }, ctx) => {
    if (sizes === null)
      return ctx.refuse("NOT_CONSTANT", "the sizes are computed while the network runs", "Store the sizes.");
    const layout = ctx.layout(x);
    const tensor = ctx.read(x, layout);
    const at = layout.indexOf(axis as number);
    const parts = sizes.map((size) => ({
      shape: tensor.shape.map((one, i) => (i === at ? size : one)),
      type: tensor.type,
    }));
    const place = ctx.reshape(ctx.ints([at]), []);
    const equal = sizes.every((size) => size === sizes[0]);
    const made =
      sizes.length === 1
        ? [tensor]
        : equal
          ? ctx.emitAll(
              "SPLIT",
              [place, tensor],
              parts,
              makeOptions("SplitOptions", { numSplits: sizes.length }),
            )
          : ctx.emitAll(
              "SPLIT_V",
              [tensor, ctx.ints(sizes), place],
              parts,
              makeOptions("SplitVOptions", { numSplits: sizes.length }),
            );
    for (const [i, output] of outputs.entries())
      if (output !== null) ctx.place(output, made[i] as NonNullable<(typeof made)[number]>, layout);
  },
});
