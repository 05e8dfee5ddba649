// Operators that rename axes without touching elements: Transpose, Flatten, Squeeze, Unsqueeze.

import {
  type FlattenView,
  flatten as flattenDefinition,
  intsAttribute,
  type SqueezeView,
  squeeze as squeezeDefinition,
  type TransposeView,
  transpose as transposeDefinition,
  type UnsqueezeView,
  unsqueeze as unsqueezeDefinition,
} from "@espalier/ir";
import { type Layout, product, unit } from "../groups/layout.js";
import { Barrier } from "../groups/link-context.js";
import { defineHandler, type OpHandler } from "./handler.js";

export const transpose: OpHandler<TransposeView> = defineHandler({
  definition: transposeDefinition,
  links: ({ x, y, perm }, ctx) => {
    const axes = ctx.axes(x);
    const order = perm ?? [...axes.keys()].reverse();
    ctx.define(
      y,
      order.map((axis) => ctx.axis(x, axis)),
    );
  },
});

export const flatten: OpHandler<FlattenView> = defineHandler({
  definition: flattenDefinition,
  links: ({ x, y, axis }, ctx) => {
    if (axis === null) throw new Barrier("UNKNOWN_SHAPE", "axis of the flattening");
    const axes = ctx.axes(x);
    ctx.define(y, [product(axes.slice(0, axis)), product(axes.slice(axis))]);
  },
});

export const squeeze: OpHandler<SqueezeView> = defineHandler({
  definition: squeezeDefinition,
  links: ({ x, y, axes }, ctx) => {
    if (axes === null) throw new Barrier("SHAPE_NOT_REWRITABLE", "axes are computed");
    ctx.define(
      y,
      ctx.axes(x).filter((_, i) => !axes.includes(i)),
    );
  },
  slice: ({ axes }, ctx) => {
    if (axes === null || ctx.node.input(1) !== null || ctx.node.attributes.has("axes")) return;
    // Without a list all axes of size 1 go; an axis cut down to 1 must not.
    if (ctx.facts.opset("") >= 13) ctx.setIntegers(1, axes);
    else ctx.setAttribute("axes", intsAttribute(axes));
  },
});

export const unsqueeze: OpHandler<UnsqueezeView> = defineHandler({
  definition: unsqueezeDefinition,
  links: ({ x, y, axes }, ctx) => {
    if (axes === null) throw new Barrier("SHAPE_NOT_REWRITABLE", "axes are computed");
    const out: Layout[] = [...ctx.axes(x)];
    for (const axis of [...axes].sort((a, b) => a - b)) out.splice(axis, 0, unit());
    ctx.define(y, out);
  },
});
