// Reductions. A removed position must not count: neutral elements do that for all but the mean, which is
// taken over the kept positions. Exact are those whose neutral element is 0: there a removed unit is a zeroed one.

import {
  type ArgReduceView,
  argMax,
  argMin,
  type ReduceView,
  reductions,
  type TopKView,
  topK as topKDefinition,
} from "@espalier/ir";
import { type Layout, unit } from "../groups/layout.js";
import { Barrier } from "../groups/link-context.js";
import type { ReferenceContext } from "../reference/reference-context.js";
import { defineHandler, type OpHandler } from "./handler.js";

const NEUTRAL: Readonly<Record<ReduceView["reduction"], number>> = {
  sum: 0,
  mean: 0,
  l1: 0,
  l2: 0,
  "sum-square": 0,
  "log-sum": 0,
  prod: 1,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
  "log-sum-exp": Number.NEGATIVE_INFINITY,
};

export const reduceHandlers: readonly OpHandler<ReduceView>[] = reductions.map((definition) =>
  defineHandler({
    definition,
    links: ({ x, y, reduction, axes, keepDims }, ctx) => {
      if (axes === null) throw new Barrier("SHAPE_NOT_REWRITABLE", "axes are computed");
      if (reduction === "mean" || NEUTRAL[reduction] !== 0)
        for (const axis of axes) ctx.inexact(ctx.axis(x, axis));
      ctx.define(y, withoutAxes(ctx.axes(x), axes, keepDims));
    },
    ...(definition.opType === "ReduceMean"
      ? {
          reference: ({ axes }: ReduceView, ctx: ReferenceContext) =>
            ctx.compact(
              (axes ?? []).map((axis) => ({ input: 0, axis })),
              [],
            ),
        }
      : {
          mixing: ({ axes, reduction }: ReduceView) =>
            axes === null ? [] : [{ input: 0, axes, neutral: NEUTRAL[reduction] }],
        }),
  }),
);

/** ArgMax, ArgMin: positions along the axis are the answer. */
export const argReduceHandlers: readonly OpHandler<ArgReduceView>[] = [argMax, argMin].map((definition) =>
  defineHandler({
    definition,
    links: ({ x, y, axis, keepDims }, ctx) => {
      if (axis === null) throw new Barrier("UNKNOWN_SHAPE", "axis of the reduction");
      ctx.freeze(ctx.axis(x, axis), "INDEX_MEANING");
      ctx.define(y, withoutAxes(ctx.axes(x), [axis], keepDims));
    },
  }),
);

export const topK: OpHandler<TopKView> = defineHandler({
  definition: topKDefinition,
  links: ({ x, values, indices, axis }, ctx) => {
    if (axis === null) throw new Barrier("UNKNOWN_SHAPE", "axis of the selection");
    ctx.freeze(ctx.axis(x, axis), "INDEX_MEANING");
    for (const output of [values, indices]) {
      if (output === null) continue;
      const size = ctx.facts.shape(output)?.[axis];
      if (size === undefined) throw new Barrier("UNKNOWN_SHAPE", `rank of "${output.name}"`);
      ctx.define(output, ctx.axes(x).with(axis, ctx.fixed(size)));
    }
  },
});

function withoutAxes(axes: readonly Layout[], gone: readonly number[], keepDims: boolean): Layout[] {
  if (keepDims) return axes.map((axis, i) => (gone.includes(i) ? unit() : axis));
  return axes.filter((_, i) => !gone.includes(i));
}
