// MaxPool and AveragePool. Under TFLite's SAME an average counts what lies inside the image, as ONNX does without
// `count_include_pad`; in all other cases the image is padded first, and averages are corrected for what they counted.

import { averagePool, maxPool, type PoolView } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import { makeOptions } from "../make-options.js";
import { multiply } from "./arithmetic.js";
import { padImage, placeImage, readImage } from "./image.js";
import type { LowerContext } from "./lower-context.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { paddingOf, type Window2D, window2D } from "./window.js";

/** Less than every float, so no maximum. */
const LOWEST = -3.4028234663852886e38;

export const poolLowerings: readonly Lowering<PoolView>[] = [maxPool, averagePool].map((definition) =>
  defineLowering({ definition, layouts: "channels-last", lower }),
);

function lower(view: PoolView, ctx: LowerContext): void {
  const { x, y, kind, indices } = view;
  if (indices !== null && ctx.isUsed(indices))
    ctx.refuse("ATTRIBUTE_NOT_LOWERED", "the places of the maxima are read", "Take MaxUnpool out.");
  const image = readImage(ctx, x);
  const window = window2D(view.window, image.size, ctx);
  if (window.dilations.some((step) => step !== 1))
    ctx.refuse("ATTRIBUTE_NOT_LOWERED", "TFLite's pools have no dilation", "Export it without dilations.");
  // Rounding sizes up lets the last window reach beyond the padding.
  const reach = ([0, 1] as const).map((i) => (window.output[i] - 1) * window.strides[i] + window.kernel[i]);
  const beyond = ([0, 1] as const).map((i) =>
    Math.max(window.end[i], (reach[i] as number) - window.input[i] - window.begin[i]),
  ) as [number, number];
  const whole: Window2D = { ...window, end: beyond };
  const averages = kind === "average";
  const padding = paddingOf(whole);
  const usual = padding === "VALID" || (padding === "SAME" && !(averages && view.countIncludePad));
  const fill = averages || isNeverNegative(ctx, image.tensor) ? 0 : LOWEST;
  const padded = usual ? image.tensor : padImage(ctx, image.tensor, whole.begin, whole.end, fill);
  const shape = [image.batch, ...window.output, image.channels];
  const options = makeOptions("Pool2DOptions", {
    padding: usual ? padding : "VALID",
    strideH: window.strides[0],
    strideW: window.strides[1],
    filterHeight: window.kernel[0],
    filterWidth: window.kernel[1],
  });
  const pooled = ctx.emit(averages ? "AVERAGE_POOL_2D" : "MAX_POOL_2D", [padded], { shape }, options);
  placeImage(ctx, y, averages && !usual ? corrected(ctx, pooled, window, view.countIncludePad) : pooled);
}

/** Zeros are as good as nothing for a maximum where all else is at least 0. */
function isNeverNegative(ctx: LowerContext, tensor: GraphTensor): boolean {
  return ctx.producedBy(tensor, ["RELU", "RELU6", "LOGISTIC", "ABS", "EXP", "SQRT"]);
}

/** Each average was over the whole window: times its size, over the number of places that count. */
function corrected(
  ctx: LowerContext,
  pooled: GraphTensor,
  window: Window2D,
  includesPad: boolean,
): GraphTensor {
  const counts = ([0, 1] as const).map((i) => {
    const from = includesPad ? 0 : window.begin[i];
    const to = includesPad
      ? window.begin[i] + window.input[i] + window.end[i]
      : window.begin[i] + window.input[i];
    return Array.from({ length: window.output[i] }, (_, at) => {
      const start = at * window.strides[i];
      return Math.min(start + window.kernel[i], to) - Math.max(start, from);
    });
  }) as [number[], number[]];
  const area = window.kernel[0] * window.kernel[1];
  const factors = counts[0].flatMap((rows) => counts[1].map((columns) => area / (rows * columns)));
  if (factors.every((factor) => factor === 1)) return pooled;
  return multiply(ctx, pooled, ctx.floats([...window.output, 1], factors));
}
