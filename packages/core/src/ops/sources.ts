// Operators whose outputs hold no units: shapes, constants, ranges. A Constant's axes are free, like an
// initialiser's; the others never shrink.

import {
  type ConstantOfShapeView,
  type ConstantView,
  constant as constantDefinition,
  constantOfShape as constantOfShapeDefinition,
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

/** The numbers follow the tensor at run time; what they feed decides whether that is enough. */
export const shape: OpHandler<ShapeView> = defineHandler({
  definition: shapeDefinition,
  links: ({ y }, ctx) => ctx.define(y, ctx.fixedTail(y, 0)),
});

export const size: OpHandler<SizeView> = defineHandler({
  definition: sizeDefinition,
  links: ({ y }, ctx) => ctx.define(y, ctx.fixedTail(y, 0)),
});

export const constantOfShape: OpHandler<ConstantOfShapeView> = defineHandler({
  definition: constantOfShapeDefinition,
  links: ({ y }, ctx) => ctx.define(y, ctx.fixedTail(y, 0)),
});

export const range: OpHandler<RangeView> = defineHandler({
  definition: rangeDefinition,
  links: ({ y }, ctx) => ctx.define(y, ctx.fixedTail(y, 0)),
});
