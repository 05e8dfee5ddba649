// ConvTranspose: TRANSPOSE_CONV without padding gives all that the kernels reach; what ONNX's pads take away is cut off,
// and what its output padding adds is filled with zeros, before the bias.

import { type ConvTransposeView, convTranspose } from "@espalier/ir";
import { floatConstant, type GraphTensor } from "../graph/graph-tensor.js";
import { transposed } from "../graph/rearrange.js";
import { makeOptions } from "../make-options.js";
import { add } from "./arithmetic.js";
import { type Image, padImage, placeImage, readImage } from "./image.js";
import type { LowerContext } from "./lower-context.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { sliceRun } from "./ranges.js";

type Pair = readonly [height: number, width: number];

export const convTransposeLowering: Lowering<ConvTransposeView> = defineLowering({
  definition: convTranspose,
  layouts: "channels-last",
  lower: (view, ctx) => {
    const { x, w, b, y, group } = view;
    const image = readImage(ctx, x);
    const [, depth = 1] = ctx.shape(w);
    const weights = ctx.constantOf(w, "the weight");
    const flat = image.size.length === 1;
    const pair = (numbers: readonly unknown[], none: number): Pair => {
      const whole = (flat ? [none, numbers[0]] : numbers) as number[];
      return [whole[0] as number, whole[1] as number];
    };
    const strides = pair(view.window.strides, 1);
    const [kernel, dilated] = spread(
      weights,
      ctx.shape(w),
      pair(view.window.kernel, 1),
      pair(view.window.dilations, 1),
    );
    const output = pair(ctx.shape(y).slice(2), 1);
    const full = [0, 1].map(
      (i) => ((image.tensor.shape[1 + i] as number) - 1) * strides[i as 0] + kernel[i as 0],
    ) as [number, number];
    const begin = paddingBefore(view, full, output, flat);
    const parts = Array.from({ length: group }, (_, i) =>
      part(ctx, image, group, i, dilated, kernel, depth, strides, full, w.name),
    );
    const [first] = parts as [GraphTensor];
    const shape = [image.batch, ...full, depth * group];
    const joined =
      parts.length === 1
        ? first
        : ctx.emit("CONCATENATION", parts, { shape }, makeOptions("ConcatenationOptions", { axis: 3 }));
    const fitted = fit(ctx, joined, begin, output);
    placeImage(
      ctx,
      y,
      b === null ? fitted : add(ctx, fitted, ctx.floats([depth * group], ctx.constantOf(b, "the bias"))),
    );
  },
});

/** Kernels with the gaps of their dilation filled with zeros: size, and elements [C, M/group, H, W]. */
function spread(
  weights: ArrayLike<number>,
  shape: readonly number[],
  kernel: Pair,
  dilations: Pair,
): [Pair, Float32Array] {
  const size: Pair = [dilations[0] * (kernel[0] - 1) + 1, dilations[1] * (kernel[1] - 1) + 1];
  const planes = (shape[0] as number) * (shape[1] as number);
  const wide = new Float32Array(planes * size[0] * size[1]);
  for (let plane = 0; plane < planes; plane++)
    for (let i = 0; i < kernel[0]; i++)
      for (let j = 0; j < kernel[1]; j++)
        wide[(plane * size[0] + i * dilations[0]) * size[1] + j * dilations[1]] = weights[
          (plane * kernel[0] + i) * kernel[1] + j
        ] as number;
  return [size, wide];
}

/** What is cut off in front: given, or half of what is too much, with the odd one unless it is SAME_UPPER. */
function paddingBefore(
  { window, outputShape, outputPadding }: ConvTransposeView,
  full: Pair,
  output: Pair,
  flat: boolean,
): Pair {
  const upper = window.autoPad === "SAME_UPPER";
  const asked = outputShape !== null || window.autoPad.startsWith("SAME");
  return [0, 1].map((i) => {
    const axis = flat ? i - 1 : i;
    if (axis < 0) return 0;
    if (!asked) return window.padBegin[axis] as number;
    const total = Math.max(0, full[i as 0] + (outputPadding[axis] as number) - output[i as 0]);
    return upper ? Math.floor(total / 2) : Math.ceil(total / 2);
  }) as unknown as Pair;
}

function part(
  ctx: LowerContext,
  { tensor, channels, batch }: Image,
  group: number,
  index: number,
  weights: Float32Array,
  kernel: Pair,
  depth: number,
  strides: Pair,
  full: Pair,
  name: string,
): GraphTensor {
  const width = channels / group;
  const [n = 1, h = 1, w = 1] = tensor.shape;
  const x = sliceRun(ctx, tensor, [0, 0, 0, index * width], [n, h, w, width]);
  const area = kernel[0] * kernel[1];
  const own = weights.subarray(index * width * depth * area, (index + 1) * width * depth * area);
  // [C, M, H·W] → [M, H, W, C]
  const kernels = floatConstant([depth, ...kernel, width], transposed(own, [width, depth, area], [1, 2, 0]));
  kernels.name = name;
  const shape = [batch, ...full, depth];
  const options = makeOptions("TransposeConvOptions", {
    padding: "VALID",
    strideH: strides[0],
    strideW: strides[1],
  });
  return ctx.emit("TRANSPOSE_CONV", [ctx.ints(shape), kernels, x], { shape }, options);
}

function fit(ctx: LowerContext, image: GraphTensor, begin: Pair, output: Pair): GraphTensor {
  const [n = 1, h = 1, w = 1, c = 1] = image.shape;
  const kept: Pair = [Math.min(output[0], h - begin[0]), Math.min(output[1], w - begin[1])];
  const cut = sliceRun(ctx, image, [0, ...begin, 0], [n, ...kept, c]);
  return padImage(ctx, cut, [0, 0], [output[0] - kept[0], output[1] - kept[1]]);
}
