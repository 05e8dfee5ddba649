// Expand and Tile: positions are repeated.

import {
  type ExpandView,
  expand as expandDefinition,
  isStatic,
  type TileView,
  tile as tileDefinition,
} from "@espalier/ir";
import { isLive, type Layout, product, sizeOf } from "../groups/layout.js";
import { Barrier } from "../groups/link-context.js";
import { defineHandler, type OpHandler } from "./handler.js";

export const expand: OpHandler<ExpandView> = defineHandler({
  definition: expandDefinition,
  links: ({ x, y, target }, ctx) => {
    const shape = ctx.facts.shape(y);
    if (shape === null) throw new Barrier("UNKNOWN_SHAPE", `rank of "${y.name}"`);
    const axes = ctx.axes(x);
    const out = shape.map((size, i): Layout => {
      const own = axes[axes.length - shape.length + i];
      return own !== undefined && sizeOf(own) !== 1 ? own : ctx.fixed(size);
    });
    const rewritable = shape.every(
      (size, i) => isStatic(size) || target?.[target.length - shape.length + i] === 1,
    );
    if (!rewritable && out.some(isLive))
      ctx.freezeAll(out, "SHAPE_NOT_REWRITABLE", "the target shape is computed");
    ctx.define(y, out);
  },
  slice: ({ x, y }, ctx) => {
    if (!ctx.shrinks(y)) return;
    const [from, shape] = [ctx.facts.shape(x) ?? [], ctx.facts.shape(y) ?? []];
    // 1 leaves an axis as wide as the input has it.
    const target = shape.map((_, i) => {
      const own = from[from.length - shape.length + i];
      const size = ctx.size(y, i);
      return own !== undefined && own !== 1 ? 1 : isStatic(size) ? size : 1;
    });
    ctx.setIntegers(1, target);
  },
});

export const tile: OpHandler<TileView> = defineHandler({
  definition: tileDefinition,
  links: ({ x, y, repeats }, ctx) => {
    if (repeats === null) throw new Barrier("SHAPE_NOT_REWRITABLE", "repeats are computed");
    ctx.define(
      y,
      ctx
        .axes(x)
        .map((axis, i) => ((repeats[i] ?? 1) === 1 ? axis : product([ctx.fixed(repeats[i] ?? 1), axis]))),
    );
  },
});
