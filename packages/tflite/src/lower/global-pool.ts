// GlobalAveragePool and GlobalMaxPool: over all axes behind the channels, which stay as axes of size 1.

import { type GlobalPoolView, globalAveragePool, globalMaxPool } from "@espalier/ir";
import { onnxOrder } from "../layout/layout.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { reduceAxes } from "./reduce.js";

export const globalPoolLowerings: readonly Lowering<GlobalPoolView>[] = [
  globalAveragePool,
  globalMaxPool,
].map((definition) =>
  defineLowering({
    definition,
    layouts: "channels-last",
    lower: ({ x, y, kind }, ctx) => {
      const axes = onnxOrder(ctx.shape(x).length).slice(2);
      const layout = ctx.layout(x);
      const tensor = ctx.read(x, layout);
      ctx.place(y, reduceAxes(ctx, kind === "max" ? "REDUCE_MAX" : "MEAN", tensor, layout, axes), layout);
    },
  }),
);
