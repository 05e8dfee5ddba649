// Softmax and LogSoftmax: TFLite's are over the last axis in memory, so the axis is brought there.

import { logSoftmax, type SoftmaxView, softmax } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import { elementCount, type Layout, onnxOrder } from "../layout/layout.js";
import { makeOptions } from "../make-options.js";
import type { LowerContext } from "./lower-context.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const softmaxLowerings: readonly Lowering<SoftmaxView>[] = [softmax, logSoftmax].map((definition) =>
  defineLowering({
    definition,
    layouts: "any",
    lower: ({ x, y, axis, coerced, kind }, ctx) => {
      const shape = ctx.shape(x);
      const at = axis as number;
      const rest = onnxOrder(shape.length).slice(at);
      const wide = rest.filter((one) => shape[one] !== 1);
      if (coerced && wide.length > 1) {
        const order = onnxOrder(shape.length);
        const flat = ctx.reshape(ctx.read(x, order), [
          elementCount(shape.slice(0, at)),
          elementCount(shape.slice(at)),
        ]);
        return ctx.place(y, ctx.reshape(overLast(ctx, flat, kind), shape), order);
      }
      const over = coerced ? (wide[0] ?? shape.length - 1) : at;
      const layout = last(ctx.layout(x), over);
      ctx.place(y, overLast(ctx, ctx.read(x, layout), kind), layout);
    },
  }),
);

/** The layout with this axis moved to the end, unless it lies there. */
function last(layout: Layout, axis: number): Layout {
  return [...layout.filter((one) => one !== axis), axis];
}

function overLast(ctx: LowerContext, x: GraphTensor, kind: SoftmaxView["kind"]): GraphTensor {
  if (kind === "log-softmax") return ctx.emit("LOG_SOFTMAX", [x], { shape: x.shape });
  return ctx.emit("SOFTMAX", [x], { shape: x.shape }, makeOptions("SoftmaxOptions", { beta: 1 }));
}
