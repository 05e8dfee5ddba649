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
  /** No group loses more than this fraction of its units. Default 1. */
  readonly maxRatio?: number;
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

/** kept = max(minWidth, asked rounded up to a multiple of step), at most `width`; never below what maxRatio leaves. */
export function roundWidth(asked: number, width: number, options: AllocationOptions): number {
  const { step, minWidth } = options;
  const least = Math.max(asked, leastWidth(width, options));
  return Math.min(width, Math.max(minWidth, 1, Math.ceil(least / step) * step));
}

/** Units that a group of `width` keeps at least: width · (1 − maxRatio), meant exactly. */
export function leastWidth(width: number, { maxRatio = 1 }: Pick<AllocationOptions, "maxRatio">): number {
  return Math.ceil(Number((width * (1 - maxRatio)).toPrecision(12)));
}

/** The `count` units with the largest scores, ascending; of equal scores the earlier unit stays. */
export function bestUnits(scores: Float64Array, count: number): number[] {
  return [...scores.keys()]
    .sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);
}
