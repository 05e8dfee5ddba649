// Masks that change while a network trains.

import {
  type GradualSchedule,
  globalSmallest,
  keptEntries,
  type Masks,
  type MaskWeights,
  smallestOf,
} from "@espalier/core";

export interface Masking {
  /** Digested with the other options of a run. */
  readonly name: string;
  /** The weights that masks may lie on, by name. */
  readonly weights: readonly string[];
  /**
   * The masks after `step` steps, which keep nothing that was zero; null where they stay. A pure function.
   *
   * Asked before the first step, with 0, and after every step.
   */
  after(step: number, weights: MaskWeights, masks: Masks): Masks | null;
}

export interface GradualMaskingOptions {
  readonly schedule: GradualSchedule;
  readonly weights: readonly string[];
  /** `layer`: every layer is as sparse as the schedule says. `global`: all together are. @default "layer" */
  readonly scope?: "layer" | "global";
}

/**
 * The smallest weights go while training, as fast as the schedule says; what went stays zero.
 *
 * Source: Zhu and Gupta 2017, "To prune, or not to prune", §3, arXiv:1710.01878.
 */
export function gradualMasking({ schedule, weights, scope = "layer" }: GradualMaskingOptions): Masking {
  return {
    name: `gradual, ${schedule.name}, by ${scope}`,
    weights,
    after: (step, values, masks) => {
      if (!schedule.changes(step)) return null;
      const sparsity = schedule.sparsity(step);
      if (scope === "global") {
        const { kept, all } = keptEntries(masks);
        const surplus = kept - (all - Math.round(sparsity * all));
        return surplus > 0 ? globalSmallest(surplus / kept).apply(values, masks) : null;
      }
      return new Map(
        [...masks].map(([name, mask]) => {
          const kept = mask.reduce((sum, keep) => sum + keep, 0);
          const surplus = kept - (mask.length - Math.round(sparsity * mask.length));
          return [name, smallestOf(values.get(name) as Float32Array, mask, Math.max(0, surplus))] as const;
        }),
      );
    },
  };
}
