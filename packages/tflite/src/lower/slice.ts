// Slice, and Crop before it: the ranges follow the layout.

import { type CropView, clampRange, crop, type SliceView, slice } from "@espalier/ir";
import { physicalShape } from "../layout/layout.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { sliceRun, sliceSteps } from "./ranges.js";

export const sliceLowering: Lowering<SliceView> = defineLowering({
  definition: slice,
  layouts: "any",
  lower: ({ x, y, ranges }, ctx) => {
    if (ranges === null)
      return ctx.refuse(
        "NOT_CONSTANT",
        "the range is computed while the network runs",
        "Store starts and ends.",
      );
    const [from, to] = [ctx.shape(x), ctx.shape(y)];
    if (to.includes(0))
      return ctx.refuse("INVALID_NODE", "it cuts out nothing", "Take out what reads an empty value.");
    const begin = new Array<number>(from.length).fill(0);
    const steps = new Array<number>(from.length).fill(1);
    for (const range of ranges) {
      begin[range.axis] = clampRange(range, from[range.axis] as number).start;
      steps[range.axis] = range.step;
    }
    const layout = ctx.layout(x);
    const tensor = ctx.read(x, layout);
    const inMemory = [begin, to, steps].map((one) => physicalShape(one, layout)) as [
      number[],
      number[],
      number[],
    ];
    ctx.place(y, sliceSteps(ctx, tensor, ...inMemory), layout);
  },
});

export const cropLowering: Lowering<CropView> = defineLowering({
  definition: crop,
  layouts: "any",
  lower: ({ x, y, border: [left = 0, top = 0] }, ctx) => {
    const layout = ctx.layout(x);
    const begin = physicalShape([0, 0, top, left], layout);
    ctx.place(y, sliceRun(ctx, ctx.read(x, layout), begin, physicalShape(ctx.shape(y), layout)), layout);
  },
});
