// DepthToSpace and SpaceToDepth: the channel axis is a product with the two block axes, which are fixed.

import {
  type DepthToSpaceView,
  depthToSpace as depthDefinition,
  type SpaceToDepthView,
  spaceToDepth as spaceDefinition,
} from "@espalier/ir";
import { product } from "../groups/layout.js";
import { Barrier } from "../groups/link-context.js";
import { quotient } from "./conv.js";
import { defineHandler, type OpHandler } from "./handler.js";

export const depthToSpace: OpHandler<DepthToSpaceView> = defineHandler({
  definition: depthDefinition,
  links: ({ x, y, blockSize, mode }, ctx) => {
    const [batch, channel, ...space] = ctx.axes(x);
    if (batch === undefined || channel === undefined) throw new Barrier("INVALID_NODE", "rank below 2");
    const depth = ctx.free(quotient(ctx.facts.shape(x)?.[1], blockSize * blockSize));
    const blocks = [ctx.fixed(blockSize), ctx.fixed(blockSize)];
    ctx.unify(channel, product(mode === "CRD" ? [depth, ...blocks] : [...blocks, depth]));
    ctx.freezeAll(space);
    ctx.define(y, [batch, depth, ...ctx.fixedTail(y, 2)]);
  },
});

export const spaceToDepth: OpHandler<SpaceToDepthView> = defineHandler({
  definition: spaceDefinition,
  links: ({ x, y, blockSize }, ctx) => {
    const [batch, channel, ...space] = ctx.axes(x);
    if (batch === undefined || channel === undefined) throw new Barrier("INVALID_NODE", "rank below 2");
    ctx.freezeAll(space);
    const blocks = product([ctx.fixed(blockSize), ctx.fixed(blockSize)]);
    ctx.define(y, [batch, product([blocks, channel]), ...ctx.fixedTail(y, 2)]);
  },
});
