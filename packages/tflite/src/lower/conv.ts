// Conv: CONV_2D with weights [M, H, W, C/group], or DEPTHWISE_CONV_2D with [1, H, W, M] where every channel is a group.
// Grouped convolutions in between have a native form in CONV_2D from version 6 on.

import { type ConvView, conv } from "@espalier/ir";
import { floatConstant, type GraphTensor } from "../graph/graph-tensor.js";
import { transposed } from "../graph/rearrange.js";
import { makeOptions } from "../make-options.js";
import { padImage, placeImage, readImage } from "./image.js";
import type { LowerContext } from "./lower-context.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { paddingOf, window2D } from "./window.js";

export const convLowering: Lowering<ConvView> = defineLowering({
  definition: conv,
  layouts: "channels-last",
  lower: (view, ctx) => {
    const { x, w, b, y, group } = view;
    const image = readImage(ctx, x);
    const [filters = 1, depth = 1] = ctx.shape(w);
    const window = window2D(view.window, image.size, ctx);
    const padding = paddingOf(window);
    const padded = padding === "PAD" ? padImage(ctx, image.tensor, window.begin, window.end) : image.tensor;
    const [height, width] = window.kernel;
    const weights = ctx.constantOf(w, "the weight");
    const bias = floatConstant(
      [filters],
      b === null ? new Float32Array(filters) : ctx.constantOf(b, "the bias"),
    );
    const shape = [image.batch, ...window.output, filters];
    const common = {
      padding: padding === "SAME" ? ("SAME" as const) : ("VALID" as const),
      strideH: window.strides[0],
      strideW: window.strides[1],
      dilationHFactor: window.dilations[0],
      dilationWFactor: window.dilations[1],
    };
    const named = (tensor: GraphTensor, name: string): GraphTensor => Object.assign(tensor, { name });
    named(bias, b?.name ?? "");
    if (group > 1 && group === image.channels && depth === 1) {
      // [M, 1, H, W] → [1, H, W, M]
      const flat = transposed(weights, [filters, height * width], [1, 0]);
      const kernel = named(floatConstant([1, height, width, filters], flat), w.name);
      const options = makeOptions("DepthwiseConv2DOptions", { ...common, depthMultiplier: filters / group });
      placeImage(ctx, y, ctx.emit("DEPTHWISE_CONV_2D", [padded, kernel, bias], { shape }, options));
      return;
    }
    requireDivisible(ctx, filters, group);
    // [M, C/group, H, W] → [M, H, W, C/group]
    const flat = transposed(weights, [filters, depth, height * width], [0, 2, 1]);
    const kernel = named(floatConstant([filters, height, width, depth], flat), w.name);
    const options = makeOptions("Conv2DOptions", common);
    placeImage(ctx, y, ctx.emit("CONV_2D", [padded, kernel, bias], { shape }, options));
  },
});

function requireDivisible(ctx: LowerContext, filters: number, group: number): void {
  if (filters % group !== 0)
    ctx.refuse(
      "INVALID_NODE",
      `${filters} filters do not fall into ${group} groups`,
      "Export the network again.",
    );
}
