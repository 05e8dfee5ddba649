// LRN and LpNormalization.

import { type LpNormalizationView, type LrnView, lpNormalization, lrn } from "@espalier/ir";
import { makeOptions } from "../make-options.js";
import { apply, combine, divide } from "./arithmetic.js";
import { placeImage, readImage } from "./image.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { reduceAxes } from "./reduce.js";

/** Over neighbouring channels, as TFLite's: an odd number of them, half on each side. */
export const lrnLowering: Lowering<LrnView> = defineLowering({
  definition: lrn,
  layouts: "channels-last",
  lower: ({ x, y, size, alpha, beta, bias }, ctx) => {
    if (size % 2 === 0)
      ctx.refuse("ATTRIBUTE_NOT_LOWERED", `it takes ${size} neighbours`, "Use an odd number of them.");
    const { tensor } = readImage(ctx, x);
    const options = makeOptions("LocalResponseNormalizationOptions", {
      ...{ radius: (size - 1) / 2, bias, alpha: alpha / size, beta },
    });
    placeImage(ctx, y, ctx.emit("LOCAL_RESPONSE_NORMALIZATION", [tensor], { shape: tensor.shape }, options));
  },
});

/** Divides by the norm along one axis. */
export const lpNormalizationLowering: Lowering<LpNormalizationView> = defineLowering({
  definition: lpNormalization,
  layouts: "any",
  lower: ({ x, y, axis, p }, ctx) => {
    const layout = ctx.layout(x);
    const tensor = ctx.read(x, layout);
    const sum = (of: typeof tensor): typeof tensor => reduceAxes(ctx, "SUM", of, layout, [axis as number]);
    const norm =
      p === 1 ? sum(apply(ctx, "ABS", tensor)) : apply(ctx, "SQRT", sum(combine(ctx, "MUL", tensor, tensor)));
    ctx.place(y, divide(ctx, tensor, norm), layout);
  },
});
