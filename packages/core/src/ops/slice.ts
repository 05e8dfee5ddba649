// Slice with constant ranges. Unit steps cut the axis; other steps pick single positions.

import { slice as definition, intsAttribute, isStatic, type SliceView } from "@espalier/ir";
import { isLive, type Layout, sum } from "../groups/layout.js";
import { Barrier, type LinkContext } from "../groups/link-context.js";
import { cut, explode } from "../groups/refine.js";
import { defineHandler, type OpHandler } from "./handler.js";

type Range = NonNullable<SliceView["ranges"]>[number];

export const slice: OpHandler<SliceView> = defineHandler({
  definition,
  links: ({ x, y, ranges, extents }, ctx) => {
    if (ranges === null) {
      // Computed positions fix the axes they cut; the others pass.
      if (extents === null) throw new Barrier("SHAPE_NOT_REWRITABLE", "ranges are computed");
      const cutAxes = new Set(extents.map((extent) => extent.axis));
      ctx.define(
        y,
        ctx.axes(x).map((own, axis) => (cutAxes.has(axis) ? fixed(ctx, own, axis, y) : own)),
      );
      return;
    }
    const out: Layout[] = [...ctx.axes(x)];
    for (const range of ranges) {
      const own = ctx.axis(x, range.axis);
      const size = ctx.facts.shape(x)?.[range.axis];
      out[range.axis] =
        isLive(own) && size !== undefined && isStatic(size)
          ? sliced(ctx, own, range, size)
          : fixed(ctx, own, range.axis, y);
    }
    ctx.define(y, out);
  },
  slice: ({ x, ranges, source }, ctx) => {
    if (ranges === null) return;
    if (!ranges.some(({ axis }) => ctx.kept(x, axis) !== null)) return;
    const next = ranges.map((range) => {
      const kept = ctx.kept(x, range.axis);
      const size = ctx.facts.shape(x)?.[range.axis];
      if (kept === null || size === undefined || !isStatic(size)) return range;
      return narrowed(range, size, kept);
    });
    const starts = next.map((range) => range.start);
    const ends = next.map((range) => range.end);
    if (source === "attribute") {
      ctx.setAttribute("starts", intsAttribute(starts));
      ctx.setAttribute("ends", intsAttribute(ends));
    } else {
      ctx.setIntegers(1, starts);
      ctx.setIntegers(2, ends);
    }
  },
});

/** Positions a range picks, in order. */
export function pickedPositions({ start, end, step }: Range, size: number): number[] {
  const from =
    step > 0
      ? clamp(start < 0 ? start + size : start, 0, size)
      : clamp(start < 0 ? start + size : start, -1, size - 1);
  const to =
    step > 0 ? clamp(end < 0 ? end + size : end, 0, size) : clamp(end < 0 ? end + size : end, -1, size - 1);
  const picked: number[] = [];
  if (step > 0) for (let p = from; p < to; p += step) picked.push(p);
  else if (step < 0) for (let p = from; p > to; p += step) picked.push(p);
  return picked;
}

function sliced(ctx: LinkContext, axis: Layout, range: Range, size: number): Layout {
  const picked = pickedPositions(range, size);
  const [first, last] = [picked[0], picked.at(-1)];
  if (first === undefined || last === undefined) return ctx.fixed(0);
  if (range.step === 1) {
    const left = cut(axis, first);
    const middle = left === null ? null : cut(left[1], last + 1 - first);
    if (middle !== null) return middle[0];
  }
  if (range.step !== 1) {
    // The kept positions of a strided range are no range any more.
    ctx.freeze(axis, "SHAPE_NOT_REWRITABLE", `step ${range.step}`);
    return ctx.fixed(picked.length, "SHAPE_NOT_REWRITABLE", `step ${range.step}`);
  }
  const units = explode(axis);
  if (units === null) {
    ctx.freeze(axis, "RESHAPE_NOT_FACTORABLE", `slice [${first}, ${last + 1})`);
    return ctx.fixed(picked.length, "RESHAPE_NOT_FACTORABLE");
  }
  return sum(picked.map((p) => units[p] as Layout));
}

/** An axis that cannot shrink may be sliced in any way. */
function fixed(ctx: LinkContext, axis: Layout, index: number, y: SliceView["y"]): Layout {
  ctx.freeze(axis, "SPATIAL");
  const size = ctx.facts.shape(y)?.[index];
  if (size === undefined) throw new Barrier("UNKNOWN_SHAPE", `rank of "${y.name}"`);
  return ctx.fixed(size);
}

/** The range that picks the same units among the kept positions. Only unit steps come here. */
function narrowed(range: Range, size: number, kept: readonly number[]): Range {
  const picked = pickedPositions(range, size);
  const [first, last] = [picked[0] ?? 0, picked.at(-1) ?? -1];
  const start = kept.filter((p) => p < first).length;
  const count = kept.filter((p) => p >= first && p <= last).length;
  return { ...range, start, end: start + count };
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}
