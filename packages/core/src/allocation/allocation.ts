// An allocation turns scores and a ratio into the units each group keeps.

import type { CoupledGroup } from "../groups/coupled-group.js";

export interface ScoredGroup {
  readonly group: CoupledGroup;
  /** One score a unit; larger = keep; −1 for units that are gone already. */
  readonly scores: Float64Array;
}

export interface AllocationOptions {
  /** Requested fraction of units removed, 0 ≤ ratio < 1. */
  readonly ratio: number;
  /** Kept widths are rounded up to a multiple of this. */
  readonly step: number;
  /** No group becomes narrower than this (or than it was). */
  readonly minWidth: number;
}

export interface Allocated {
  readonly group: CoupledGroup;
  /** Units kept, ascending; all of them when nothing goes. */
  readonly keep: readonly number[];
  /** Width before rounding to the step. */
  readonly asked: number;
}

export interface Allocation {
  readonly name: string;
  allocate(groups: readonly ScoredGroup[], options: AllocationOptions): readonly Allocated[];
}

/** kept = max(minWidth, asked rounded up to a multiple of step), at most `width`. */
export function roundWidth(asked: number, width: number, { step, minWidth }: AllocationOptions): number {
  return Math.min(width, Math.max(minWidth, 1, Math.ceil(asked / step) * step));
}

/** The `count` units with the largest scores, ascending; of equal scores the earlier unit stays. */
export function bestUnits(scores: Float64Array, count: number): number[] {
  return [...scores.keys()]
    .sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);
}
