// LayerNormalization and its kin without a mean, written out: TFLite has no operator for them.

import {
  type LayerNormalizationView,
  layerNormalization,
  rmsNormalization,
  simplifiedLayerNormalization,
} from "@espalier/ir";
import { onnxOrder } from "../layout/layout.js";
import { add, multiply } from "./arithmetic.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { overRoot, standardised } from "./normalization.js";
import { reduceAxes } from "./reduce.js";

export const layerNormalizationLowerings: readonly Lowering<LayerNormalizationView>[] = [
  [layerNormalization, standardised] as const,
  [rmsNormalization, overRoot] as const,
  [simplifiedLayerNormalization, overRoot] as const,
].map(([definition, normalise]) =>
  defineLowering({
    definition,
    layouts: "any",
    lower: ({ x, scale, bias, y, axis, epsilon, otherOutputs }, ctx) => {
      if (otherOutputs.some((value) => ctx.isUsed(value)))
        return ctx.refuse("ATTRIBUTE_NOT_LOWERED", "its statistics are read", "Export it for inference.");
      const layout = ctx.layout(x);
      const axes = onnxOrder(layout.length).slice(axis as number);
      const mean = (of: Parameters<typeof reduceAxes>[2]) => reduceAxes(ctx, "MEAN", of, layout, axes);
      const normal = normalise(ctx, ctx.read(x, layout), epsilon, mean);
      const scaled = multiply(ctx, normal, ctx.readBroadcast(scale, layout));
      ctx.place(y, bias === null ? scaled : add(ctx, scaled, ctx.readBroadcast(bias, layout)), layout);
    },
  }),
);
