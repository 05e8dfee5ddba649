// Pad: new positions before and after. Constant padding of a channel axis makes units of zeros, which go
// together with whatever is added to them (the option-A shortcuts of CIFAR ResNets).

import { pad as definition, intsAttribute, type PadView } from "@espalier/ir";
import { isLive, type Layout, sum } from "../groups/layout.js";
import { Barrier, type LinkContext } from "../groups/link-context.js";
import { defineHandler, type OpHandler } from "./handler.js";

export const pad: OpHandler<PadView> = defineHandler({
  definition,
  links: ({ x, y, mode, begin, end }, ctx) => {
    if (begin === null || end === null) throw new Barrier("SHAPE_NOT_REWRITABLE", "pads are computed");
    const out = ctx.axes(x).map((axis, i): Layout => {
      const [before, after] = [begin[i] ?? 0, end[i] ?? 0];
      if (before === 0 && after === 0) return axis;
      const shape = ctx.facts.shape(y)?.[i];
      if (shape === undefined) throw new Barrier("UNKNOWN_SHAPE", `rank of "${y.name}"`);
      if (mode !== "constant" || before < 0 || after < 0 || !isLive(axis)) {
        ctx.freeze(axis);
        return ctx.fixed(shape);
      }
      return sum([...added(ctx, before), axis, ...added(ctx, after)]);
    });
    ctx.define(y, out);
  },
  slice: ({ x, y, begin, end, source }, ctx) => {
    if (begin === null || end === null) return;
    const sizes = ctx.facts.shape(x) ?? [];
    const count = (axis: number, from: number, to: number, otherwise: number): number =>
      ctx.kept(y, axis)?.filter((p) => p >= from && p < to).length ?? otherwise;
    const first = begin.map((pads, axis) => (pads > 0 ? count(axis, 0, pads, pads) : pads));
    const last = end.map((pads, axis) => {
      const from = (begin[axis] ?? 0) + (sizes[axis] as number);
      return pads > 0 ? count(axis, from, from + pads, pads) : pads;
    });
    if (first.every((n, i) => n === begin[i]) && last.every((n, i) => n === end[i])) return;
    if (source === "attribute") ctx.setAttribute("pads", intsAttribute([...first, ...last]));
    else {
      ctx.setIntegers(1, [...first, ...last]);
      // With a fourth input the pads name their axes; the full list needs none.
      if (ctx.node.input(3) !== null) ctx.setIntegers(3, [...first.keys()]);
    }
  },
});

/** A padded position of size 1 may go too, so it is a factor of its own even then. */
function added(ctx: LinkContext, size: number): Layout[] {
  return size === 0 ? [] : [ctx.units(size)];
}
