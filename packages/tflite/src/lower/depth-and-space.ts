// DepthToSpace and SpaceToDepth. TFLite's order of channels is ONNX's "DCR"; for "CRD" the channels are picked into that
// order first.

import { type DepthToSpaceView, depthToSpace, type SpaceToDepthView, spaceToDepth } from "@espalier/ir";
import { makeOptions } from "../make-options.js";
import { gatherPlaces } from "./gather-places.js";
import { placeImage, readImage } from "./image.js";
import { defineLowering, type Lowering } from "./lowering.js";

export const depthToSpaceLowering: Lowering<DepthToSpaceView> = defineLowering({
  definition: depthToSpace,
  layouts: "channels-last",
  lower: ({ x, y, blockSize, mode }, ctx) => {
    const { tensor, channels } = readImage(ctx, x);
    const [n = 1, c = 1, h = 1, w = 1] = ctx.shape(y);
    const area = blockSize ** 2;
    // Channel (block, depth) of DCR is channel (depth, block) of CRD.
    const order = Array.from({ length: channels }, (_, at) => (at % c) * area + Math.floor(at / c));
    const ordered = mode === "DCR" ? tensor : gatherPlaces(ctx, tensor, 3, order);
    const options = makeOptions("DepthToSpaceOptions", { blockSize });
    placeImage(ctx, y, ctx.emit("DEPTH_TO_SPACE", [ordered], { shape: [n, h, w, c] }, options));
  },
});

export const spaceToDepthLowering: Lowering<SpaceToDepthView> = defineLowering({
  definition: spaceToDepth,
  layouts: "channels-last",
  lower: ({ x, y, blockSize }, ctx) => {
    const [n = 1, c = 1, h = 1, w = 1] = ctx.shape(y);
    const options = makeOptions("SpaceToDepthOptions", { blockSize });
    const { tensor } = readImage(ctx, x);
    placeImage(ctx, y, ctx.emit("SPACE_TO_DEPTH", [tensor], { shape: [n, h, w, c] }, options));
  },
});
