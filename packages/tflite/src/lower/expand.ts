// Expand: BROADCAST_TO.

import { type ExpandView, expand } from "@espalier/ir";
import { elementCount, physicalShape } from "../layout/layout.js";
import { commonLayout } from "./broadcast-layout.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const expandLowering: Lowering<ExpandView> = defineLowering({
  definition: expand,
  layouts: "any",
  lower: ({ x, y }, ctx) => {
    const to = ctx.shape(y);
    const layout = commonLayout(ctx, [x], to.length);
    const tensor = ctx.readBroadcast(x, layout);
    const shape = physicalShape(to, layout);
    if (elementCount(tensor.shape) === elementCount(shape))
      return ctx.place(y, ctx.reshape(tensor, shape), layout);
    ctx.place(y, ctx.emit("BROADCAST_TO", [tensor, ctx.ints(shape)], { shape, type: tensor.type }), layout);
  },
});
