// Widths by sensitivity: units go where the outputs suffer least for what is saved.

import type { Facts } from "@espalier/ir";
import type { CostModel } from "../cost/cost-model.js";
import { factsAt, keepUnits } from "../cost/widths.js";
import type { GroupAnalysis } from "../groups/find-groups.js";
import type { Factor } from "../groups/layout.js";
import type { SensitivityCurve } from "../reconstruct/measure-sensitivity.js";
import {
  type Allocation,
  type AllocationOptions,
  bestUnits,
  leastWidth,
  roundWidth,
  type ScoredGroup,
} from "./allocation.js";

export interface SensitivityAllocation {
  /** Curves of `measureSensitivity`; groups without one stay dense. */
  readonly curves: readonly SensitivityCurve[];
  readonly costs: CostModel;
  readonly analysis: GroupAnalysis;
  /** Facts of the dense network at the bound shape. */
  readonly facts: Facts;
  /** What the dense network costs, in the unit of `costs`. */
  readonly dense: number;
}

/**
 * Greedy allocation on the lower convex hull of the curves: as long as the cost is above (1 − R) · dense, the group
 * with the smallest rise of the error per cost saved gives up one step.
 *
 *   minimise Σ_g error_g(w_g)  subject to  cost(w) ≤ (1 − R) · dense
 *
 * Where costs and errors add up over the groups this is the Lagrangian optimum up to the last step. Beside
 * `knapsack`, which keeps the most importance, this one keeps the outputs: its prices are measured.
 */
export function sensitivity({ curves, costs, analysis, facts, dense }: SensitivityAllocation): Allocation {
  return {
    name: "sensitivity",
    allocate: (groups, options) => {
      const known = groups.filter(({ group }) => curves.some((curve) => curve.group === group.id));
      const own = curves.filter((curve) => known.some(({ group }) => group.id === curve.group));
      const widths = sensitivityWidths(
        own,
        modelCosts(known, { costs, analysis, facts }),
        (1 - options.ratio) * dense,
        options,
      );
      return groups.map(({ group, scores }) => {
        const asked = widths.get(group.id) ?? group.width;
        return { group, asked, keep: bestUnits(scores, roundWidth(asked, group.width, options)) };
      });
    },
  };
}

/** The cost of a network while its widths change one by one. */
export interface WidthCosts {
  /** At the widths set so far. */
  readonly total: number;
  /** With one more group at another width. */
  with(group: string, width: number): number;
  set(group: string, width: number): void;
}

/** Units kept per group id. */
export function sensitivityWidths(
  curves: readonly SensitivityCurve[],
  costs: WidthCosts,
  goal: number,
  { step, minWidth, maxRatio = 1 }: Omit<AllocationOptions, "ratio">,
): Map<string, number> {
  const dense = new Map(curves.map(({ group, width }) => [group, width]));
  const widths = new Map(curves.map(({ group, width }) => [group, width]));
  const hulls = new Map(curves.map((curve) => [curve.group, lowerHull(errorsByWidth(curve))]));
  while (costs.total > goal) {
    let best: { group: string; width: number; price: number } | null = null;
    for (const [group, width] of widths) {
      const least = leastWidth(dense.get(group) as number, { maxRatio });
      const next = Math.max(1, minWidth, Math.ceil(Math.max(least, width - step) / step) * step);
      if (next >= width) continue;
      const errors = hulls.get(group) as Float64Array;
      const saved = costs.total - costs.with(group, next);
      if (!(saved > 0)) continue;
      const price = ((errors[next] as number) - (errors[width] as number)) / saved;
      if (best === null || price < best.price) best = { group, width: next, price };
    }
    if (best === null) break;
    widths.set(best.group, best.width);
    costs.set(best.group, best.width);
  }
  return widths;
}

function modelCosts(
  groups: readonly ScoredGroup[],
  { costs, analysis, facts }: Pick<SensitivityAllocation, "costs" | "analysis" | "facts">,
): WidthCosts {
  const byId = new Map(groups.map((one) => [one.group.id, one]));
  const kept = new Map<Factor, number>();
  const current = factsAt(facts, analysis, kept);
  const terms = new Map(costs.terms.map((term) => [term, term.at(current)]));
  const touching = (group: string): typeof costs.terms =>
    costs.terms.filter((term) => term.groups.includes(group));
  const termsOf = new Map([...byId.keys()].map((group) => [group, touching(group)]));
  const widths = new Map(groups.map(({ group }) => [group.id, group.width]));
  const put = (id: string, width: number): void => {
    const { group, scores } = byId.get(id) as ScoredGroup;
    keepUnits(group, bestUnits(scores, width), kept);
  };
  let total = [...terms.values()].reduce((sum, cost) => sum + cost, 0);
  const change = (id: string): number =>
    (termsOf.get(id) ?? []).reduce((sum, term) => sum + term.at(current) - (terms.get(term) as number), 0);
  return {
    get total() {
      return total;
    },
    with(id, width) {
      put(id, width);
      const cost = total + change(id);
      put(id, widths.get(id) as number);
      return cost;
    },
    set(id, width) {
      put(id, width);
      total += change(id);
      widths.set(id, width);
      for (const term of termsOf.get(id) ?? []) terms.set(term, term.at(current));
    },
  };
}

/**
 * Error at every width from 0 to the dense one: between measured points it follows the local error of the
 * elimination, which is known at every width.
 */
export function errorsByWidth({ width, points, local }: SensitivityCurve): Float64Array {
  const errors = new Float64Array(width + 1);
  const localAt = (kept: number): number => local[width - kept] ?? local.at(-1) ?? 0;
  for (const [i, { kept, error }] of points.entries()) {
    const next = points[i + 1];
    const end = next?.kept ?? 0;
    const [from, to] = [localAt(kept), next === undefined ? localAt(1) : localAt(end)];
    for (let k = kept; k >= end; k--) {
      if (next === undefined) {
        // Beyond the last point: in proportion to the local error.
        errors[k] = from > 0 ? (error * localAt(Math.max(1, k))) / from : error;
        continue;
      }
      const part = to > from ? (localAt(k) - from) / (to - from) : (kept - k) / Math.max(1, kept - end);
      errors[k] = error + part * (next.error - error);
    }
  }
  return errors;
}

/** The largest convex function below the errors, from the dense width down to one unit. */
function lowerHull(errors: Float64Array): Float64Array {
  const hull: number[] = [];
  for (let k = errors.length - 1; k >= 1; k--) {
    for (;;) {
      const [a, b] = [hull.at(-2), hull.at(-1)];
      if (a === undefined || b === undefined) break;
      const throughB = ((errors[b] as number) - (errors[a] as number)) / (a - b);
      const toK = ((errors[k] as number) - (errors[a] as number)) / (a - k);
      if (throughB < toK) break;
      hull.pop();
    }
    hull.push(k);
  }
  const out = Float64Array.from(errors);
  for (const [i, high] of hull.entries()) {
    const low = hull[i + 1];
    if (low === undefined) continue;
    for (let k = high; k >= low; k--)
      out[k] =
        (errors[high] as number) +
        (((errors[low] as number) - (errors[high] as number)) * (high - k)) / (high - low);
  }
  return out;
}
