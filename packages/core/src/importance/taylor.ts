// First-order Taylor criteria: what the loss would change by if a unit were gone, from one backward pass a batch.

import { EspalierError } from "@espalier/ir";
import { type Criterion, requireFinite } from "./criterion.js";
import type { GateStatistics } from "./gate-statistics.js";

export interface TaylorOptions {
  /**
   * `square`: mean over batches of (∂L/∂gate of the batch)². `absolute`: mean over samples of |∂L/∂gate of the sample|,
   * in which samples that pull apart do not cancel. @default "square"
   */
  readonly form?: "square" | "absolute";
  /** Divides the scores of a group by their L2 norm, so that layers can be compared. @default false */
  readonly normalise?: boolean;
}

/**
 * Importance of a gate: I = (∂L/∂z)² at z = 1, by batch, averaged over batches.
 *
 * Source: Molchanov et al. 2019, "Importance Estimation for Neural Network Pruning", equation 8 and §3.3 (gates),
 * arXiv:1906.10771; `absolute` without squares is equation 8 of Molchanov et al. 2017, arXiv:1611.06440, by sample.
 *
 * @param statistics by group id, gathered on the same model: on a smaller one the groups no longer fit and are refused
 * @throws EspalierError `NO_WEIGHTS` for a group without statistics of its width, `NONFINITE`
 */
export function taylor(
  statistics: ReadonlyMap<string, GateStatistics>,
  { form = "square", normalise = false }: TaylorOptions = {},
): Criterion {
  return {
    name: `taylor-${form}${normalise ? "-normalised" : ""}`,
    score: (group) => {
      const found = statistics.get(group.id);
      if (found === undefined || found.sum.length !== group.width || found.samples === 0)
        throw new EspalierError("NO_WEIGHTS", `Group ${group.id} has no gradients of gates`, {
          where: group.id,
          expected: `statistics of ${group.width} units`,
          found: found === undefined ? "none" : `${found.sum.length} units, ${found.samples} samples`,
        });
      const [sums, count] =
        form === "square" ? [found.squares, found.batches] : [found.absolute, found.samples];
      const scores = sums.map((sum) => sum / count);
      return requireFinite(group, normalise ? normalised(scores) : scores);
    },
  };
}

/**
 * Importance of attention heads: I_h = E_x |∂L/∂ξ_h|, divided by the L2 norm of a layer's heads.
 *
 * Source: Michel et al. 2019, "Are Sixteen Heads Really Better than One?", equation 2 and §4.1, arXiv:1905.10650.
 */
export function headImportance(statistics: ReadonlyMap<string, GateStatistics>): Criterion {
  return { ...taylor(statistics, { form: "absolute", normalise: true }), name: "head-gradient" };
}

function normalised(scores: Float64Array): Float64Array {
  const norm = Math.hypot(...scores);
  return norm === 0 ? scores : scores.map((score) => score / norm);
}
