// Gather: along the axis where it lies. One stored place is a slice; indices count from the end where they are negative,
// which TFLite's do not.

import { type GatherView, gather } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import { type Layout, onnxOrder, physicalShape, withoutAxes } from "../layout/layout.js";
import { makeOptions } from "../make-options.js";
import type { LowerContext } from "./lower-context.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { sliceRun } from "./ranges.js";

export const gatherLowering: Lowering<GatherView> = defineLowering({
  definition: gather,
  layouts: "any",
  lower: ({ data, indices, y, axis }, ctx) => {
    const at = axis as number;
    const size = ctx.shape(data)[at] as number;
    const layout = ctx.layout(data);
    const tensor = ctx.read(data, layout);
    const place = layout.indexOf(at);
    const many = ctx.shape(indices);
    const stored = ctx.numbers(indices);
    if (stored !== null && many.length === 0) {
      const begin = tensor.shape.map((_, i) => (i === place ? wrapped(stored[0] as number, size) : 0));
      const run = sliceRun(
        ctx,
        tensor,
        begin,
        tensor.shape.map((one, i) => (i === place ? 1 : one)),
      );
      const rest = tensor.shape.filter((_, i) => i !== place);
      return ctx.place(y, ctx.reshape(run, rest), withoutAxes(layout, [at]));
    }
    const picks =
      stored === null
        ? fromTheFront(ctx, ctx.read(indices, onnxOrder(many.length)), size)
        : ctx.reshape(ctx.ints(Array.from(stored, (index) => wrapped(index, size))), many);
    const result = picked(layout, at, many.length);
    const output = { shape: physicalShape(ctx.shape(y), result), type: tensor.type };
    ctx.place(
      y,
      ctx.emit("GATHER", [tensor, picks], output, makeOptions("GatherOptions", { axis: place })),
      result,
    );
  },
});

function wrapped(index: number, size: number): number {
  return index < 0 ? index + size : index;
}

function fromTheFront(ctx: LowerContext, indices: GraphTensor, size: number): GraphTensor {
  const whole = ctx.reshape(ctx.ints([size]), []);
  return ctx.emit("FLOOR_MOD", [indices, whole], { shape: indices.shape, type: indices.type });
}

/** The layout with `rank` axes in the place of one. */
function picked(layout: Layout, axis: number, rank: number): Layout {
  return layout.flatMap((one) =>
    one === axis ? onnxOrder(rank).map((i) => axis + i) : [one > axis ? one + rank - 1 : one],
  );
}
