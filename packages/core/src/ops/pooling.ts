// Pools and image operators that act per channel: batch and channel pass, space is fixed.

import {
  averagePool,
  type CropView,
  crop as cropDefinition,
  equalDims,
  type GlobalPoolView,
  globalAveragePool,
  globalLpPool,
  globalMaxPool,
  type ImageScalerView,
  imageScaler as imageScalerDefinition,
  isStatic,
  lpPool,
  maxPool,
  type PoolView,
  type ResizeView,
  resize,
  upsample,
  type Value,
} from "@espalier/ir";
import { isLive } from "../groups/layout.js";
import { Barrier, type LinkContext } from "../groups/link-context.js";
import { defineHandler, type OpHandler } from "./handler.js";

/** y [N, C, ...] of x [N, C, ...]: space is mixed, channels are not. */
function perChannel(ctx: LinkContext, x: Value, y: Value): void {
  const [batch, channel, ...space] = ctx.axes(x);
  if (batch === undefined || channel === undefined) throw new Barrier("INVALID_NODE", "rank below 2");
  ctx.freezeAll(space);
  ctx.define(y, [batch, channel, ...ctx.fixedTail(y, 2)]);
}

export const poolHandlers: readonly OpHandler<PoolView>[] = [maxPool, averagePool, lpPool].map((definition) =>
  defineHandler({
    definition,
    links: ({ x, y, indices }, ctx) => {
      perChannel(ctx, x, y);
      if (indices === null) return;
      // Indices count through all channels, so renumbering would change them.
      if (indices.consumers.size > 0) ctx.freezeAll(ctx.axes(x), "INDEX_MEANING");
      ctx.define(indices, ctx.axes(y));
    },
  }),
);

export const globalPoolHandlers: readonly OpHandler<GlobalPoolView>[] = [
  globalAveragePool,
  globalMaxPool,
  globalLpPool,
].map((definition) => defineHandler({ definition, links: ({ x, y }, ctx) => perChannel(ctx, x, y) }));

/** Resize and Upsample: axes that keep their size pass, the others are fixed. `sizes` follow. */
export const resizeHandlers: readonly OpHandler<ResizeView>[] = [resize, upsample].map((definition) =>
  defineHandler({
    definition,
    links: ({ x, y, scales, sizes, axes }, ctx) => {
      const [before, after] = [ctx.facts.shape(x), ctx.facts.shape(y)];
      if (before === null || after === null) throw new Barrier("UNKNOWN_SHAPE", `rank of "${y.name}"`);
      const out = ctx.axes(x).map((axis, i) => {
        const [from, to] = [before[i], after[i]];
        const same = scales === null ? sizes !== null : scales[i] === 1;
        if (same && from !== undefined && to !== undefined && equalDims(from, to)) return axis;
        if (to === undefined) throw new Barrier("UNKNOWN_SHAPE", `rank of "${y.name}"`);
        ctx.freeze(axis);
        return ctx.fixed(to);
      });
      const listed = axes ?? [...out.keys()];
      if (scales === null && out.some(isLive) && !listed.every((i) => isStatic(after[i] ?? 0))) {
        ctx.freezeAll(out, "SHAPE_NOT_REWRITABLE", "output sizes are computed");
      }
      ctx.define(y, out);
    },
    slice: ({ y, scales, axes }, ctx) => {
      if (scales !== null || !ctx.shrinks(y)) return;
      const listed = axes ?? [...(ctx.facts.shape(y) ?? []).keys()];
      const sizes = listed.map((axis) => ctx.size(y, axis));
      if (sizes.every(isStatic)) ctx.setIntegers(3, sizes);
    },
  }),
);

export const crop: OpHandler<CropView> = defineHandler({
  definition: cropDefinition,
  links: ({ x, y }, ctx) => perChannel(ctx, x, y),
});

/** One bias a channel, kept in an attribute. */
export const imageScaler: OpHandler<ImageScalerView> = defineHandler({
  definition: imageScalerDefinition,
  links: ({ x, y }, ctx) => ctx.define(y, ctx.axes(x)),
  slice: ({ x, bias }, ctx) => {
    const kept = ctx.kept(x, 1);
    if (kept !== null)
      ctx.setAttribute("bias", { value: { kind: "floats", value: kept.map((p) => bias[p] ?? 0) } });
  },
});
