// The range that an activation is quantised to, from what was observed. What lies outside is clipped, what lies inside
// is rounded: a narrower range does more of the first and less of the second.

import { EspalierError } from "@espalier/ir";
import type { ValueRange } from "./affine.js";
import type { Histogram } from "./histogram.js";

/**
 * - `min-max`: all that was observed (Jacob et al. 2018, §3.1).
 * - `percentile`: without the rarest on either side; `coverage` of 0.9999 leaves one in ten thousand on each (Wu et al.
 *   2020, "Integer Quantization for Deep Learning Inference", §5, arXiv:2004.09602; there of absolute values).
 * - `mse`: the range with the least mean square error (Choukroun et al. 2019, "Low-bit Quantization of Neural Networks
 *   for Efficient Inference", arXiv:1902.06822; there symmetric).
 */
export type RangeMethod =
  | { readonly kind: "min-max" }
  | { readonly kind: "percentile"; readonly coverage: number }
  | { readonly kind: "mse" };

const STEPS = 255;
/** Ends that are tried, as fractions of the observed one. */
const FRACTIONS: readonly number[] = Array.from({ length: 96 }, (_, i) => (i + 5) / 100);
const ROUNDS = 2;

/** @throws EspalierError `INVALID_OPTION` for a coverage that is none */
export function clipRange(histogram: Histogram, method: RangeMethod): ValueRange {
  const { range } = histogram;
  switch (method.kind) {
    case "min-max":
      return range;
    case "percentile": {
      const { coverage } = method;
      if (!(coverage > 0.5 && coverage <= 1)) {
        throw new EspalierError("INVALID_OPTION", "A coverage is a fraction", {
          expected: "above 0.5, at most 1",
          found: String(coverage),
        });
      }
      if (coverage === 1) return range;
      return { min: histogram.quantile(1 - coverage), max: histogram.quantile(coverage) };
    }
    case "mse":
      return leastSquareError(histogram);
  }
}

/** One end after the other, twice: the error of one hardly moves the best place of the other. */
function leastSquareError(histogram: Histogram): ValueRange {
  let best: ValueRange = { min: Math.min(histogram.range.min, 0), max: Math.max(histogram.range.max, 0) };
  let least = squareError(histogram, best);
  for (let round = 0; round < ROUNDS; round++) {
    for (const end of ["max", "min"] as const) {
      const whole = histogram.range[end];
      for (const fraction of FRACTIONS) {
        const tried = {
          ...best,
          [end]: end === "min" ? Math.min(0, whole * fraction) : Math.max(0, whole * fraction),
        };
        const error = squareError(histogram, tried);
        if (error < least) [best, least] = [tried, error];
      }
    }
  }
  return best;
}

/**
 * Σ over values of (x − Q(x))²: s²/12 inside the range, where what rounding takes is spread evenly over a step s, and the
 * square of the distance outside.
 */
export function squareError({ counts, range, binWidth }: Histogram, { min, max }: ValueRange): number {
  const step = (max - min) / STEPS;
  const rounding = (step * step) / 12;
  let sum = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] as number;
    if (count === 0) continue;
    const value = range.min + (bin + 0.5) * binWidth;
    const beyond = value < min ? min - value : value > max ? value - max : 0;
    sum += count * (beyond > 0 ? beyond * beyond : rounding);
  }
  return sum;
}
