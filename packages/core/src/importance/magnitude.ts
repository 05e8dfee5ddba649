// Magnitude of a unit's weights.

import { type Criterion, forEachWeight, requireFinite, requireMembers } from "./criterion.js";

export interface MagnitudeOptions {
  /** Order of the norm. Default 1. */
  readonly p?: 1 | 2;
  /** "producers": the filters only (Li et al.). "all": also the consumers' input slices (DepGraph). */
  readonly members?: "producers" | "all";
}

/**
 * Group magnitude: mean over members of the Lp norm of each coupled slice.
 *
 *   score[u] = 1/|G| · Σ_{W ∈ G} ‖W[u]‖_p
 *
 * Source: Li et al. 2017, "Pruning Filters for Efficient ConvNets", §3.1, arXiv:1608.08710, for p = 1 and one
 * producer; averaged over the group as in Fang et al. 2023, arXiv:2301.12900.
 *
 * @returns a criterion with scores ≥ 0, one a unit
 * @throws EspalierError `NO_WEIGHTS` when no member produces the units; `NONFINITE`
 */
export function magnitude(options: MagnitudeOptions = {}): Criterion {
  const { p = 1, members = "producers" } = options;
  const roles = members === "all" ? (["produces", "consumes"] as const) : (["produces"] as const);
  return {
    name: `l${p}${members === "all" ? "-group" : ""}`,
    score: (group, context) => {
      requireMembers(group, ["produces"]);
      const used = requireMembers(group, roles);
      const scores = new Float64Array(group.width);
      for (const member of used) {
        const sums = new Float64Array(group.width);
        forEachWeight(member, context.constant(member.value), (unit, w) => {
          sums[unit] = (sums[unit] as number) + (p === 1 ? Math.abs(w) : w * w);
        });
        for (let u = 0; u < sums.length; u++) {
          const norm = p === 1 ? (sums[u] as number) : Math.sqrt(sums[u] as number);
          scores[u] = (scores[u] as number) + norm / used.length;
        }
      }
      return requireFinite(group, scores);
    },
  };
}
