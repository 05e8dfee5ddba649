// TopK: TFLite's sorts the last axis in memory, largest first.

import { type TopKView, topK } from "@espalier/ir";
import { physicalShape } from "../layout/layout.js";
import { apply } from "./arithmetic.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const topKLowering: Lowering<TopKView> = defineLowering({
  definition: topK,
  layouts: "any",
  lower: ({ x, values, indices, axis, k, largest }, ctx) => {
    if (typeof k !== "number")
      return ctx.refuse(
        "NOT_CONSTANT",
        "how many it keeps is computed while the network runs",
        "Store the number.",
      );
    const at = axis as number;
    const own = ctx.layout(x);
    const layout = [...own.filter((one) => one !== at), at];
    const tensor = ctx.read(x, layout);
    const ordered = largest ? tensor : apply(ctx, "NEG", tensor);
    const shape = physicalShape(
      ctx.shape(x).map((size, i) => (i === at ? k : size)),
      layout,
    );
    const count = ctx.reshape(ctx.ints([k]), []);
    const [best, places] = ctx.emitAll(
      "TOPK_V2",
      [ordered, count],
      [
        { shape, type: tensor.type },
        { shape, type: "INT32" },
      ],
    );
    if (best === undefined || places === undefined) throw new Error("TOPK_V2 has two results");
    if (values !== null) ctx.place(values, largest ? best : apply(ctx, "NEG", best), layout);
    if (indices !== null) ctx.place(indices, places, layout);
  },
});
