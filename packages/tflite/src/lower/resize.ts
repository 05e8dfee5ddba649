// Resize: RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR where they count positions as the node does; else whole pixels are
// picked by a stored list. TFLite's know three ways to count.

import { type ResizeView, resize, upsample } from "@espalier/ir";
import { channelsLast, physicalShape } from "../layout/layout.js";
import { makeOptions } from "../make-options.js";
import { gatherPlaces } from "./gather-places.js";
import { placeImage, readImage } from "./image.js";
import type { LowerContext } from "./lower-context.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { type Counting, linearCounting, nearestPlaces, tflitePlaces } from "./resize-places.js";

export const resizeLowerings: readonly Lowering<ResizeView>[] = [resize, upsample].map((definition) =>
  defineLowering({ definition, layouts: "channels-last", lower }),
);

function lower(view: ResizeView, ctx: LowerContext): void {
  const [from, to] = [ctx.shape(view.x), ctx.shape(view.y)];
  if (view.antialias || view.mode === "cubic" || view.roi !== null)
    ctx.refuse(
      "ATTRIBUTE_NOT_LOWERED",
      view.antialias
        ? "it averages while it shrinks"
        : view.mode === "cubic"
          ? "it interpolates by cubics"
          : "it cuts a region",
      "Resize by nearest or linear interpolation.",
    );
  if (view.mode === "nearest") nearest(view, ctx, from, to);
  else linear(view, ctx, from, to);
}

function linear(view: ResizeView, ctx: LowerContext, from: readonly number[], to: readonly number[]): void {
  const image = readImage(ctx, view.x);
  if (from[0] !== to[0] || from[1] !== to[1])
    ctx.refuse("ATTRIBUTE_NOT_LOWERED", "it interpolates between channels", "Resize height and width alone.");
  const counting =
    linearCounting(view, from, to) ??
    ctx.refuse(
      "ATTRIBUTE_NOT_LOWERED",
      `TFLite's bilinear resizing does not count positions as "${view.coordinates}" does at these sizes`,
      'Use "half_pixel", "align_corners" or "asymmetric" and whole scales.',
    );
  const [height = 1, width = 1] = to.length === 3 ? [1, to[2]] : to.slice(2);
  const options = makeOptions("ResizeBilinearOptions", counting);
  const shape = [image.batch, height, width, image.channels];
  placeImage(
    ctx,
    view.y,
    ctx.emit("RESIZE_BILINEAR", [image.tensor, ctx.ints([height, width])], { shape }, options),
  );
}

const COUNTINGS: readonly Counting[] = [
  { alignCorners: false, halfPixelCenters: false },
  { alignCorners: false, halfPixelCenters: true },
  { alignCorners: true, halfPixelCenters: false },
];

function nearest(view: ResizeView, ctx: LowerContext, from: readonly number[], to: readonly number[]): void {
  const places = from.map((size, axis) => nearestPlaces(view, axis, size, to[axis] as number));
  if (places.some((list) => list === null))
    ctx.refuse(
      "ATTRIBUTE_NOT_LOWERED",
      `positions are counted as "${view.coordinates}"`,
      'Use "half_pixel" or "asymmetric".',
    );
  const lists = places as number[][];
  const isImage = from.length === 4 && from[0] === to[0] && from[1] === to[1];
  const counting = COUNTINGS.find((one) =>
    [2, 3].every(
      (axis) => tflitePlaces(one, from[axis] as number, to[axis] as number).join() === lists[axis]?.join(),
    ),
  );
  if (isImage && counting !== undefined) {
    const { tensor } = readImage(ctx, view.x);
    const layout = channelsLast(4);
    const options = makeOptions("ResizeNearestNeighborOptions", counting);
    const sizes = ctx.ints([to[2] as number, to[3] as number]);
    const output = { shape: physicalShape(to, layout), type: tensor.type };
    ctx.place(view.y, ctx.emit("RESIZE_NEAREST_NEIGHBOR", [tensor, sizes], output, options), layout);
    return;
  }
  const layout = ctx.layout(view.x);
  const picked = layout.reduce(
    (tensor, axis, place) => gatherPlaces(ctx, tensor, place, lists[axis] as number[]),
    ctx.read(view.x, layout),
  );
  ctx.place(view.y, picked, layout);
}
