// DepthToSpace and SpaceToDepth: blocks of pixels and channels change places; the gradient goes back.

import {
  type DepthToSpaceView,
  depthToSpace as depthDefinition,
  type SpaceToDepthView,
  spaceToDepth as spaceDefinition,
} from "@espalier/ir";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂y [N, C, H·b, W·b] → ∂x [N, C·b², H, W], channels as (block, c) under "DCR" and (c, block) under "CRD". */
export const depthToSpace: GradientRule<DepthToSpaceView> = defineGradient({
  definition: depthDefinition,
  backward: ({ x, y, blockSize, mode }, ctx) => {
    if (!ctx.wants(x)) return;
    const { make } = ctx;
    const [n, , h, w] = ctx.shape(x) as [number, number, number, number];
    const channels = ctx.shape(y)[1] as number;
    const apart = make.reshape(ctx.upstream(y), [n, channels, h, blockSize, w, blockSize]);
    const order = mode === "DCR" ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
    ctx.give(x, make.reshape(make.transpose(apart, order), ctx.shape(x)));
  },
});

/** ∂y [N, C·b², H/b, W/b], channels as (block row, block column, c) → ∂x [N, C, H, W]. */
export const spaceToDepth: GradientRule<SpaceToDepthView> = defineGradient({
  definition: spaceDefinition,
  backward: ({ x, y, blockSize }, ctx) => {
    if (!ctx.wants(x)) return;
    const { make } = ctx;
    const [n, , h, w] = ctx.shape(y) as [number, number, number, number];
    const channels = ctx.shape(x)[1] as number;
    const apart = make.reshape(ctx.upstream(y), [n, blockSize, blockSize, channels, h, w]);
    ctx.give(x, make.reshape(make.transpose(apart, [0, 3, 4, 1, 5, 2]), ctx.shape(x)));
  },
});
