// From measurements of one pattern at scattered widths to its cost at any width.

import type { PatternSample } from "./cost-table.js";
import { nonNegativeLeastSquares } from "./least-squares.js";

/** How far a measurement speaks for its neighbours, in doublings of a width. */
const REACH = 0.35;
/** Weight of "no correction" beside the neighbours. */
const DOUBT = 0.2;

/**
 * Microseconds at (in, out). On the stairs, in' and out' being the widths rounded up to the step, a kernel takes
 *
 *   a + b·in' + c·out' + d·in'·out',   a, b, c, d ≥ 0
 *
 * (start, reading, writing, arithmetic), fitted to relative errors; what that misses is added back from the
 * measurements near by, weighted by their distance in doublings of the widths.
 */
export function patternCurve(
  samples: readonly PatternSample[],
  step: number,
): (input: number, output: number) => number {
  const up = (width: number): number => Math.ceil(width / step) * step;
  const features = (input: number, output: number): number[] => {
    const [i, o] = [up(input), up(output)];
    return [1, i, o, i * o];
  };
  const usable = samples.filter(([, , us]) => us > 0);
  const solution = nonNegativeLeastSquares(
    usable.map(([input, output]) => features(input, output)),
    usable.map(([, , us]) => us),
    usable.map(([, , us]) => 1 / us),
  );
  const smooth = (input: number, output: number): number =>
    features(input, output).reduce((sum, feature, k) => sum + feature * (solution[k] as number), 0);
  const residuals = usable.map(([input, output, us]) => ({
    x: Math.log2(up(input)),
    y: Math.log2(up(output)),
    ratio: Math.log(us / Math.max(smooth(input, output), 1e-9)),
  }));
  return (input, output) => {
    const [x, y] = [Math.log2(up(input)), Math.log2(up(output))];
    let [sum, total] = [0, DOUBT];
    for (const one of residuals) {
      const weight = Math.exp(-((one.x - x) ** 2 + (one.y - y) ** 2) / (2 * REACH * REACH));
      sum += weight * one.ratio;
      total += weight;
    }
    return smooth(input, output) * Math.exp(sum / total);
  };
}
