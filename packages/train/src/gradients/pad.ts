// Pad: in constant mode ∂y is cut back; in the others what was copied outwards adds up.

import { pad as definition, type PadView } from "@espalier/ir";
import { unboundShape } from "../differentiate/static-shape.js";
import type { LinearMap } from "../graph/linear-map.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";
import { noGradientOf } from "./refusal.js";
import { giveTransposed } from "./separable.js";

/**
 * Constant mode: ∂x is the part of ∂y that was x; a negative amount cropped, so zeros come back. Otherwise ∂x = Pᵀ·∂y with P
 * the choice of elements along each axis.
 */
export const pad: GradientRule<PadView> = defineGradient({
  definition,
  backward: ({ x, y, begin, end, mode, fillInput }, ctx) => {
    if (ctx.wants(fillInput)) throw noGradientOf(y, "a computed value to pad with");
    if (!ctx.wants(x)) return;
    if (begin === null || end === null) throw unboundShape(y, ctx.facts.shape(y));
    if (mode === "constant") {
      const inverse = (amounts: readonly number[]): number[] => amounts.map((amount) => 0 - amount);
      ctx.give(x, ctx.make.pad(ctx.upstream(y), inverse(begin), inverse(end)));
    } else giveTransposed(ctx, x, y, copies(ctx.shape(x), begin, end, mode));
  },
});

function copies(
  shape: readonly number[],
  begin: readonly number[],
  end: readonly number[],
  mode: Exclude<PadView["mode"], "constant">,
): LinearMap[] {
  return shape.map((size, axis) => {
    const [before, behind] = [begin[axis] as number, end[axis] as number];
    // What is cropped is cropped first.
    const first = Math.max(0, -before);
    const rest = size - first - Math.max(0, -behind);
    return Array.from({ length: size + before + behind }, (_, o) => {
      const row = new Array<number>(size).fill(0);
      row[first + source(mode, o - Math.max(0, before), rest)] = 1;
      return row;
    });
  });
}

/** The element of 0 … size − 1 that stands at a position, also outside. */
function source(mode: Exclude<PadView["mode"], "constant">, position: number, size: number): number {
  if (mode === "edge") return Math.min(Math.max(position, 0), size - 1);
  const period = mode === "wrap" ? size : Math.max(1, 2 * (size - 1));
  const at = ((position % period) + period) % period;
  return mode === "wrap" ? at : Math.min(at, period - at);
}
