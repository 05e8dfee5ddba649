// Tile: the counts follow the layout.

import { type TileView, tile } from "@espalier/ir";
import { physicalShape } from "../layout/layout.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const tileLowering: Lowering<TileView> = defineLowering({
  definition: tile,
  layouts: "any",
  lower: ({ x, y, repeats }, ctx) => {
    if (repeats === null)
      return ctx.refuse("NOT_CONSTANT", "the counts are computed while the network runs", "Store them.");
    const layout = ctx.layout(x);
    const tensor = ctx.read(x, layout);
    if (repeats.every((count) => count === 1)) return ctx.place(y, tensor, layout);
    const counts = ctx.ints(physicalShape(repeats, layout));
    const output = { shape: physicalShape(ctx.shape(y), layout), type: tensor.type };
    ctx.place(y, ctx.emit("TILE", [tensor, counts], output), layout);
  },
});
