// Several runs in a few numbers.

import { studentT } from "./student-t.js";

export interface Spread {
  readonly runs: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** 95 % confidence interval of the mean, by Student's t; null for one run. */
  readonly interval: readonly [low: number, high: number] | null;
}

/**
 * mean ± t(0.95, n − 1)·s/√n, s with divisor n − 1.
 * @throws Error where there are no values
 */
export function summarise(values: readonly number[]): Spread {
  const runs = values.length;
  if (runs === 0) throw new Error("nothing to summarise");
  const mean = values.reduce((sum, value) => sum + value, 0) / runs;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs - 1);
  const half = runs === 1 ? null : studentT(0.95, runs - 1) * Math.sqrt(variance / runs);
  return {
    ...{ runs, mean, min: Math.min(...values), max: Math.max(...values) },
    interval: half === null ? null : [mean - half, mean + half],
  };
}
