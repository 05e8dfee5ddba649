// Pad: PAD for zeros, PADV2 for other numbers; borders that repeat the image are picked from it. Negative amounts crop.

import { type PadView, pad } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import { physicalShape } from "../layout/layout.js";
import { gatherPlaces } from "./gather-places.js";
import type { LowerContext } from "./lower-context.js";
import { defineLowering, type Lowering } from "./lowering.js";
import { sliceRun } from "./ranges.js";

export const padLowering: Lowering<PadView> = defineLowering({
  definition: pad,
  layouts: "any",
  lower: (view, ctx) => {
    const { x, y, begin, end, mode } = view;
    if (begin === null || end === null)
      return ctx.refuse("NOT_CONSTANT", "the amounts are computed while the network runs", "Store them.");
    const layout = ctx.layout(x);
    const tensor = ctx.read(x, layout);
    const [before, after] = [physicalShape(begin, layout), physicalShape(end, layout)];
    const padded =
      mode === "constant"
        ? withNumber(ctx, tensor, before, after, view)
        : repeated(ctx, tensor, before, after, mode);
    ctx.place(y, padded, layout);
  },
});

function withNumber(
  ctx: LowerContext,
  tensor: GraphTensor,
  begin: readonly number[],
  end: readonly number[],
  { fill }: PadView,
): GraphTensor {
  if (fill === null) return ctx.refuse("NOT_CONSTANT", "what it fills with is computed", "Store the number.");
  const cut = (amount: number): number => Math.min(0, amount);
  const starts = begin.map((amount) => -cut(amount));
  const kept = tensor.shape.map((size, i) => size + cut(begin[i] as number) + cut(end[i] as number));
  const cropped = sliceRun(ctx, tensor, starts, kept);
  const amounts = begin.flatMap((amount, i) => [Math.max(0, amount), Math.max(0, end[i] as number)]);
  if (amounts.every((amount) => amount === 0)) return cropped;
  const shape = kept.map((size, i) => size + (amounts[2 * i] as number) + (amounts[2 * i + 1] as number));
  const pairs = ctx.reshape(ctx.ints(amounts), [begin.length, 2]);
  const output = { shape, type: tensor.type };
  if (fill === 0) return ctx.emit("PAD", [cropped, pairs], output);
  const number = tensor.type === "FLOAT32" ? ctx.scalar(fill) : ctx.reshape(ctx.ints([fill]), []);
  return ctx.emit("PADV2", [cropped, pairs, number], output);
}

function repeated(
  ctx: LowerContext,
  tensor: GraphTensor,
  begin: readonly number[],
  end: readonly number[],
  mode: Exclude<PadView["mode"], "constant">,
): GraphTensor {
  return tensor.shape.reduce((sum, size, axis) => {
    const [from, to] = [-(begin[axis] as number), size + (end[axis] as number)];
    const places = Array.from({ length: to - from }, (_, i) => sourceOf(from + i, size, mode));
    return gatherPlaces(ctx, sum, axis, places);
  }, tensor);
}

/** Which place of an axis stands at a place beyond it. */
function sourceOf(place: number, size: number, mode: "reflect" | "edge" | "wrap"): number {
  if (mode === "edge") return Math.min(Math.max(place, 0), size - 1);
  const modulo = (x: number, n: number): number => ((x % n) + n) % n;
  if (mode === "wrap") return modulo(place, size);
  const period = Math.max(1, 2 * (size - 1));
  const at = modulo(place, period);
  return at < size ? at : period - at;
}
