// ArgMax and ArgMin.

import { type ArgReduceView, argMax, argMin } from "@espalier/ir";
import { withoutAxes } from "../layout/layout.js";
import { makeOptions } from "../make-options.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const argReduceLowerings: readonly Lowering<ArgReduceView>[] = [argMax, argMin].map((definition) =>
  defineLowering({
    definition,
    layouts: "any",
    lower: ({ x, y, kind, axis, keepDims }, ctx) => {
      const layout = ctx.layout(x);
      const tensor = ctx.read(x, layout);
      const place = layout.indexOf(axis as number);
      const shape = tensor.shape.filter((_, i) => i !== place);
      const at = ctx.reshape(ctx.ints([place]), []);
      const output = { shape, type: "INT32" } as const;
      const most =
        kind === "max"
          ? ctx.emit("ARG_MAX", [tensor, at], output, makeOptions("ArgMaxOptions", { outputType: "INT32" }))
          : ctx.emit("ARG_MIN", [tensor, at], output, makeOptions("ArgMinOptions", { outputType: "INT32" }));
      if (!keepDims) return ctx.place(y, most, withoutAxes(layout, [axis as number]));
      ctx.place(
        y,
        ctx.reshape(
          most,
          tensor.shape.map((size, i) => (i === place ? 1 : size)),
        ),
        layout,
      );
    },
  }),
);
