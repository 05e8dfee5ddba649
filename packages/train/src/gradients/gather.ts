// Gather and GatherElements: what was looked up gets its gradient back, several times where it was looked up several times.

import {
  gatherElements as elementsDefinition,
  type GatherElementsView,
  type GatherView,
  gather as gatherDefinition,
} from "@espalier/ir";
import { unboundShape } from "../differentiate/static-shape.js";
import { elementCount } from "../graph/element-count.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂data[i] = Σ∂y[j] over all j with indices[j] = i, along the axis. Tables of embeddings are weights. */
export const gather: GradientRule<GatherView> = defineGradient({
  definition: gatherDefinition,
  arranges: ({ data }) => [data],
  backward: ({ data, indices, y, axis }, ctx) => {
    if (!ctx.wants(data)) return;
    if (axis === null) throw unboundShape(data, ctx.facts.shape(data));
    const { make } = ctx;
    const shape = ctx.shape(data);
    const picks = elementCount(ctx.shape(indices));
    const rows = shape.map((size, i) => (i === axis ? picks : size));
    const dy = make.reshape(ctx.upstream(y), rows);
    const size = shape[axis] as number;
    const only = picks === 1 ? ctx.facts.contents(indices)?.[0] : undefined;
    if (typeof only === "number") {
      const at = only < 0 ? only + size : only;
      const around = (amount: number): number[] => shape.map((_, i) => (i === axis ? amount : 0));
      ctx.give(data, make.pad(dy, around(at), around(size - at - 1)));
      return;
    }
    const along = make.reshape(
      indices,
      shape.map((_, i) => (i === axis ? picks : 1)),
    );
    ctx.give(data, make.scatterAdd(shape, make.expand(along, rows), dy, axis));
  },
  parameters: ({ data, axis }, facts) => (axis === 0 && (facts.shape(data)?.length ?? 0) > 1 ? [data] : []),
});

/** ∂data = Σ∂y at each index, along the axis. */
export const gatherElements: GradientRule<GatherElementsView> = defineGradient({
  definition: elementsDefinition,
  arranges: ({ data }) => [data],
  backward: ({ data, indices, y, axis }, ctx) => {
    if (!ctx.wants(data)) return;
    if (axis === null) throw unboundShape(data, ctx.facts.shape(data));
    ctx.give(data, ctx.make.scatterAdd(ctx.shape(data), indices, ctx.upstream(y), axis));
  },
});
