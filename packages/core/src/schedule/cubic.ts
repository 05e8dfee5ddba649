// Gradual pruning while training: how sparse a network is after each step.

import { EspalierError } from "@espalier/ir";

/** Pure: the sparsity follows from the step alone, so a stopped run goes on as if it had not been. */
export interface GradualSchedule {
  readonly name: string;
  /** Fraction of entries that are zero after `step` training steps; never falls. */
  sparsity(step: number): number;
  /** True for the steps after which masks are made anew. */
  changes(step: number): boolean;
}

export interface CubicOptions {
  /** Fraction that is zero in the end, s_f. */
  readonly final: number;
  /** Fraction that is zero in the beginning, s_i. @default 0 */
  readonly initial?: number;
  /** First step after which masks change, t₀. @default 0 */
  readonly begin?: number;
  /** Last step after which masks change, t₀ + nΔt. */
  readonly end: number;
  /** Steps between changes, Δt. @default 100 */
  readonly every?: number;
}

/**
 * Fast while there is much to remove, slow in the end:
 *
 *   s(t) = s_f + (s_i − s_f)·(1 − (t − t₀)/(n·Δt))³  for t₀ ≤ t ≤ t₀ + n·Δt
 *
 * Source: Zhu and Gupta 2017, "To prune, or not to prune", equation 1, arXiv:1710.01878.
 *
 * @throws EspalierError `INVALID_OPTION`
 */
export function cubic({ final, initial = 0, begin = 0, end, every = 100 }: CubicOptions): GradualSchedule {
  const sane =
    initial >= 0 &&
    final >= initial &&
    final < 1 &&
    [begin, end, every].every(Number.isSafeInteger) &&
    begin >= 0 &&
    every >= 1 &&
    end > begin;
  if (!sane)
    throw new EspalierError("INVALID_OPTION", "The schedule makes no sense", {
      expected: "0 ≤ initial ≤ final < 1, whole steps 0 ≤ begin < end, at least one step between changes",
      found: JSON.stringify({ final, initial, begin, end, every }),
    });
  return {
    name: `cubic ${initial} to ${final} in ${begin} to ${end} by ${every}`,
    sparsity: (step) => {
      const left = 1 - Math.min(1, Math.max(0, (step - begin) / (end - begin)));
      return final + (initial - final) * left ** 3;
    },
    changes: (step) => step === end || (step >= begin && step < end && (step - begin) % every === 0),
  };
}
