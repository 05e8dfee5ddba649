// Operators whose outputs hold no units: shapes, constants, ranges. A Constant's axes are free, like an
// initialiser's; the others never shrink.

import {
  type ConstantOfShapeView,
  type ConstantView,
  constant as constantDefinition,
  constantOfShape as constantOfShapeDefinition,
  isStatic,
  isStaticShape,
  type RangeView,
  range as rangeDefinition,
  type ShapeView,
  type SizeView,
  shape as shapeDefinition,
  size as sizeDefinition,
} from "@espalier/ir";
import { defineHandler, type OpHandler } from "./handler.js";

export const constant: OpHandler<ConstantView> = defineHandler({
  definition: constantDefinition,
  links: ({ y }, ctx) => ctx.define(y, ctx.axes(y)),
});

/**
 * The numbers stay what they were: they may be divided by, counted to, or given to a node that does not
 * shrink. Where a shape has to follow (Reshape, Expand, Resize), the handler there writes it.
 */
export const shape: OpHandler<ShapeView> = defineHandler({
  definition: shapeDefinition,
  links: ({ y }, ctx) => ctx.define(y, ctx.fixedTail(y, 0)),
  slice: ({ x, start, end }, ctx) => {
    const gone = (ctx.facts.shape(x) ?? [])
      .map((size, axis) => (isStatic(size) ? size - (ctx.kept(x, axis)?.length ?? size) : 0))
      .slice(start, end ?? undefined);
    if (gone.some((count) => count > 0)) ctx.offsetOutput(0, [gone.length], gone);
  },
});

/** The number stays what it was; where it cannot be known, nothing goes. */
export const size: OpHandler<SizeView> = defineHandler({
  definition: sizeDefinition,
  links: ({ x, y }, ctx) => {
    const known = ctx.facts.shape(x);
    if (known !== null && !isStaticShape(known))
      ctx.freezeAll(ctx.axes(x), "SHAPE_NOT_REWRITABLE", "its number of elements is computed");
    ctx.define(y, ctx.fixedTail(y, 0));
  },
  slice: ({ x }, ctx) => {
    const before = (ctx.facts.shape(x) ?? []).filter(isStatic);
    const after = before.map((_, axis) => ctx.size(x, axis)).filter(isStatic);
    const [all, left] = [before, after].map((dims) => dims.reduce((product, dim) => product * dim, 1));
    if (all !== left) ctx.offsetOutput(0, [], [(all ?? 0) - (left ?? 0)]);
  },
});

export const constantOfShape: OpHandler<ConstantOfShapeView> = defineHandler({
  definition: constantOfShapeDefinition,
  links: ({ y }, ctx) => ctx.define(y, ctx.fixedTail(y, 0)),
});

export const range: OpHandler<RangeView> = defineHandler({
  definition: rangeDefinition,
  links: ({ y }, ctx) => ctx.define(y, ctx.fixedTail(y, 0)),
});
