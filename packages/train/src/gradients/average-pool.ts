// AveragePool: means over windows.

import { averagePool as definition, type PoolView } from "@espalier/ir";
import type { LinearMap } from "../graph/linear-map.js";
import { type ExplicitWindow, explicitWindow } from "./explicit-pads.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";
import { giveTransposed } from "./separable.js";

/**
 * A mean over a window is a mean along each axis in turn: every element of x gets ∂y/count of each window that it lies in.
 * What is counted is the window inside x, with `count_include_pad` inside x and its padding.
 */
export const averagePool: GradientRule<PoolView> = defineGradient({
  definition,
  backward: ({ x, y, window, countIncludePad }, ctx) => {
    const [from, to] = [ctx.shape(x).slice(2), ctx.shape(y).slice(2)];
    const explicit = explicitWindow(window, from, to);
    const maps = to.map((results, i) => means(explicit, i, from[i] as number, results, countIncludePad));
    giveTransposed(ctx, x, y, [null, null, ...maps]);
  },
});

function means(
  { kernel, strides, dilations, begin, end }: ExplicitWindow,
  i: number,
  size: number,
  results: number,
  countIncludePad: boolean,
): LinearMap {
  const first = begin[i] as number;
  return Array.from({ length: results }, (_, o) => {
    const taps = Array.from(
      { length: kernel[i] as number },
      (_, tap) => o * (strides[i] as number) + tap * (dilations[i] as number) - first,
    );
    const inside = taps.filter((at) => at >= 0 && at < size);
    const padded = taps.filter((at) => at >= -first && at < size + (end[i] as number));
    const share = 1 / (countIncludePad ? padded : inside).length;
    const row = new Array<number>(size).fill(0);
    for (const at of inside) row[at] = share;
    return row;
  });
}
