// Softmax and its kin: a removed position must hold −∞, so that its share is zero. Zeroing it would not do that, so
// removal is inexact.

import { hardmax, logSoftmax, type SoftmaxView, softmax } from "@espalier/ir";
import { Barrier } from "../groups/link-context.js";
import { defineHandler, type OpHandler } from "./handler.js";

export const softmaxHandlers: readonly OpHandler<SoftmaxView>[] = [softmax, logSoftmax, hardmax].map(
  (definition) =>
    defineHandler({
      definition,
      links: ({ x, y, axis, coerced }, ctx) => {
        if (axis === null) throw new Barrier("UNKNOWN_SHAPE", "axis of the Softmax");
        for (const mixed of mixedAxes(axis, coerced, ctx.rank(x))) ctx.inexact(ctx.axis(x, mixed));
        ctx.define(y, ctx.axes(x));
      },
      mixing: ({ x, axis, coerced }, facts) => {
        if (axis === null) return [];
        const axes = mixedAxes(axis, coerced, facts.shape(x)?.length ?? 0);
        return [{ input: 0, axes, neutral: Number.NEGATIVE_INFINITY }];
      },
    }),
);

/** Before opset 13 all axes from `axis` on are one. */
function mixedAxes(axis: number, coerced: boolean, rank: number): number[] {
  return coerced ? Array.from({ length: rank - axis }, (_, i) => axis + i) : [axis];
}
