// Cast. Floats of all sizes are one type here, so most casts are nothing.

import { type CastView, cast, castLike, type OpDefinition } from "@espalier/ir";
import { makeOptions } from "../make-options.js";
import { combine } from "./arithmetic.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const castLowerings: readonly Lowering<CastView>[] = [cast, castLike as OpDefinition<CastView>].map(
  (definition) =>
    defineLowering({
      definition,
      layouts: "any",
      lower: ({ x, y }, ctx) => {
        const { tensor, layout, scramble } = ctx.placement(x);
        const type = ctx.type(y);
        if (tensor.type === type) return ctx.place(y, tensor, layout, scramble);
        const output = { shape: tensor.shape, type };
        if (type === "BOOL" && tensor.type === "FLOAT32")
          return ctx.place(y, combine(ctx, "NOT_EQUAL", tensor, 0, "BOOL"), layout, scramble);
        const options = makeOptions("CastOptions", { inDataType: tensor.type, outDataType: type });
        ctx.place(y, ctx.emit("CAST", [tensor], output, options), layout, scramble);
      },
    }),
);
