// Expand and Tile: ∂x is the sum over the copies.

import {
  type ExpandView,
  expand as expandDefinition,
  type TileView,
  tile as tileDefinition,
} from "@espalier/ir";
import { unboundShape } from "../differentiate/static-shape.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂x = Σ∂y over what was broadcast. */
export const expand: GradientRule<ExpandView> = defineGradient({
  definition: expandDefinition,
  arranges: ({ x }) => [x],
  backward: ({ x, y }, ctx) => ctx.giveBroadcast(x, ctx.upstream(y), y),
});

/** With ∂y as [repeats, size] for every axis: the sum over the repeats. */
export const tile: GradientRule<TileView> = defineGradient({
  definition: tileDefinition,
  arranges: ({ x }) => [x],
  backward: ({ x, y, repeats }, ctx) => {
    if (!ctx.wants(x)) return;
    if (repeats === null) throw unboundShape(y, ctx.facts.shape(y));
    const apart = ctx.shape(x).flatMap((size, axis) => [repeats[axis] as number, size]);
    const copies = repeats.flatMap((count, axis) => (count === 1 ? [] : [2 * axis]));
    const dy = ctx.make.reshape(ctx.upstream(y), apart);
    ctx.give(x, ctx.make.reshape(copies.length === 0 ? dy : ctx.make.sum(dy, copies), ctx.shape(x)));
  },
});
