// Concat: the joined axis is the sum of its parts. Split: the reverse.

import {
  type ConcatView,
  concat as concatDefinition,
  intsAttribute,
  isStatic,
  type SplitView,
  split as splitDefinition,
} from "@espalier/ir";
import { type Layout, sum } from "../groups/layout.js";
import { Barrier } from "../groups/link-context.js";
import { cut } from "../groups/refine.js";
import { defineHandler, type OpHandler } from "./handler.js";

export const concat: OpHandler<ConcatView> = defineHandler({
  definition: concatDefinition,
  links: ({ inputs, y, axis }, ctx) => {
    if (axis === null) throw new Barrier("UNKNOWN_SHAPE", "axis of the concatenation");
    const operands = inputs.map((input) => ctx.axes(input));
    const [first] = operands;
    if (first === undefined) throw new Barrier("INVALID_NODE", "no inputs");
    const out = first.map((own, i): Layout => {
      if (i === axis) return sum(inputs.map((input) => ctx.axis(input, axis)));
      for (const input of inputs.slice(1)) ctx.unify(own, ctx.axis(input, i));
      return own;
    });
    ctx.define(y, out);
  },
});

export const split: OpHandler<SplitView> = defineHandler({
  definition: splitDefinition,
  links: ({ x, outputs, axis, sizes }, ctx) => {
    if (axis === null || sizes === null) throw new Barrier("SHAPE_NOT_REWRITABLE", "sizes are computed");
    const axes = ctx.axes(x);
    let rest = ctx.axis(x, axis);
    for (const [i, output] of outputs.entries()) {
      const cutting = cut(rest, sizes[i] ?? 0);
      if (cutting === null) throw new Barrier("RESHAPE_NOT_FACTORABLE", `cut after ${sizes[i]} positions`);
      rest = cutting[1];
      if (output !== null) ctx.define(output, axes.with(axis, cutting[0]));
    }
  },
  slice: ({ x, outputs, axis, sizes, sizesBelong }, ctx) => {
    if (axis === null || sizes === null || ctx.kept(x, axis) === null) return;
    const kept = new Set(ctx.kept(x, axis));
    let start = 0;
    const left = sizes.map((size) => {
      let count = 0;
      for (let p = start; p < start + size; p++) if (kept.has(p)) count++;
      start += size;
      return count;
    });
    if (outputs.length !== left.length || !left.every(isStatic))
      throw new Error("split sizes do not match its outputs");
    if (sizesBelong === "attribute") ctx.setAttribute("split", intsAttribute(left));
    else {
      ctx.node.attributes.delete("num_outputs");
      ctx.setIntegers(1, left);
    }
  },
});
