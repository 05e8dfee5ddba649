// LRN: normalises each channel by its neighbours.

import { lrn as definition, type LrnView } from "@espalier/ir";
import { type LinearMap, transposedAlong } from "../graph/linear-map.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/**
 * y = x·s^(−β) with s = bias + α/n·W·x², W summing over the n channels round each one:
 * ∂x = ∂y·s^(−β) − 2·α·β/n·x·Wᵀ(∂y·y/s).
 */
export const lrn: GradientRule<LrnView> = defineGradient({
  definition,
  backward: ({ x, y, size, alpha, beta, bias }, ctx) => {
    if (!ctx.wants(x)) return;
    const { make } = ctx;
    const dy = ctx.upstream(y);
    const shape = ctx.shape(x);
    const window = neighbours(shape[1] as number, size);
    const transposed = window.map((_, i) => window.map((row) => row[i] as number));
    // Transposed twice: W itself.
    const sums = transposedAlong(make, make.square(x), shape, 1, transposed).value;
    const s = make.add(make.scale(sums, alpha / size), make.scalar(bias));
    const own = make.multiply(dy, make.op("Pow", [s, make.scalar(-beta)]));
    const shared = transposedAlong(make, make.divide(make.multiply(dy, y), s), shape, 1, window).value;
    const others = make.multiply(x, make.scale(shared, (2 * alpha * beta) / size));
    ctx.give(x, make.subtract(own, others));
  },
});

/** Channel c sees those from c − ⌊(n − 1)/2⌋ to c + ⌈(n − 1)/2⌉. */
function neighbours(channels: number, size: number): LinearMap {
  const [below, above] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  return Array.from({ length: channels }, (_, c) =>
    Array.from({ length: channels }, (_, i) => Number(i >= c - below && i <= c + above)),
  );
}
