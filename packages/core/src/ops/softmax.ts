// Softmax and its kin: a removed position must hold −∞, so that its share is zero.

import { hardmax, logSoftmax, type SoftmaxView, softmax } from "@espalier/ir";
import { Barrier } from "../groups/link-context.js";
import { defineHandler, type OpHandler } from "./handler.js";

export const softmaxHandlers: readonly OpHandler<SoftmaxView>[] = [softmax, logSoftmax, hardmax].map(
  (definition) =>
    defineHandler({
      definition,
      links: ({ x, y, axis }, ctx) => {
        if (axis === null) throw new Barrier("UNKNOWN_SHAPE", "axis of the Softmax");
        ctx.define(y, ctx.axes(x));
      },
      mixing: ({ x, axis, coerced }, facts) => {
        const rank = facts.shape(x)?.length ?? 0;
        if (axis === null) return [];
        const axes = coerced ? Array.from({ length: rank - axis }, (_, i) => axis + i) : [axis];
        return [{ input: 0, axes, neutral: Number.NEGATIVE_INFINITY }];
      },
    }),
);
