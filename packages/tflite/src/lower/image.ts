// Values with space in them as TFLite's spatial operators want them: NHWC. What has one spatial axis gets a height of 1.

import type { Value } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import { channelsLast, physicalShape } from "../layout/layout.js";
import type { LowerContext } from "./lower-context.js";

export interface Image {
  /** [N, H, W, C] */
  readonly tensor: GraphTensor;
  readonly batch: number;
  readonly channels: number;
  /** As in ONNX: one or two. */
  readonly size: readonly number[];
}

/** x [N, C, ...] as an image. */
export function readImage(ctx: LowerContext, x: Value): Image {
  const shape = ctx.shape(x);
  const [batch = 1, channels = 1, ...size] = shape;
  if (size.length === 0 || size.length > 2)
    ctx.refuse(
      "RANK_TOO_HIGH",
      `${JSON.stringify(x.name)} has ${size.length} spatial axes`,
      "TFLite's have one or two.",
    );
  const tensor = ctx.read(x, channelsLast(shape.length));
  const [height = 1, width = 1] = size.length === 1 ? [1, size[0]] : size;
  return { tensor: ctx.reshape(tensor, [batch, height, width, channels]), batch, channels, size };
}

/** Says that y is this image. */
export function placeImage(ctx: LowerContext, y: Value, tensor: GraphTensor): void {
  const shape = ctx.shape(y);
  const layout = channelsLast(shape.length);
  ctx.place(y, ctx.reshape(tensor, physicalShape(shape, layout)), layout);
}

/** The image with a border around it. */
export function padImage(
  ctx: LowerContext,
  image: GraphTensor,
  begin: readonly [number, number],
  end: readonly [number, number],
  fill = 0,
): GraphTensor {
  if ([...begin, ...end].every((amount) => amount === 0)) return image;
  const [n = 1, h = 1, w = 1, c = 1] = image.shape;
  const amounts = ctx.reshape(ctx.ints([0, 0, begin[0], end[0], begin[1], end[1], 0, 0]), [4, 2]);
  const shape = [n, h + begin[0] + end[0], w + begin[1] + end[1], c];
  // PADV2 alone can fill with something else, and accelerators take PAD.
  return fill === 0
    ? ctx.emit("PAD", [image, amounts], { shape })
    : ctx.emit("PADV2", [image, amounts, ctx.scalar(fill)], { shape });
}
