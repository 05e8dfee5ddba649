// What removing and permuting leave of each group: its units, in the order in which they then lie.

import { type PlanStep, permuteSteps, sliceSteps } from "./plan.js";
import type { PlanData } from "./plan-data.js";

/** Units of one coupled group, numbered as in the source. A `slice` step is one whose units keep their order. */
export interface KeptUnits {
  readonly group: string;
  /** Number of units before. */
  readonly width: number;
  /** Those that stay, in the order in which they lie; ascending where nothing was permuted. */
  readonly keep: readonly number[];
}

/** Slices and permutations of a plan together, one entry a group that either touches. */
export function keptUnits(steps: readonly PlanStep[], data: PlanData | null): readonly KeptUnits[] {
  const slices = sliceSteps(steps);
  const orders = data?.orders ?? new Map<string, Uint32Array>();
  const kept = slices.map(({ group, width, keep }): KeptUnits => {
    const order = orders.get(group);
    if (order === undefined) return { group, width, keep };
    const stays = new Set(keep);
    return { group, width, keep: [...order].filter((unit) => stays.has(unit)) };
  });
  const sliced = new Set(slices.map(({ group }) => group));
  for (const { group, width } of permuteSteps(steps))
    if (!sliced.has(group)) kept.push({ group, width, keep: [...(orders.get(group) ?? [])] });
  return kept;
}
