// Network slimming's criterion.

import { type Criterion, forEachWeight, requireFinite, requireMembers } from "./criterion.js";

/**
 * Batch-norm scale: mean over the group's batch normalisations of |γ|.
 *
 *   score[u] = 1/|B| · Σ_{b ∈ B} |γ_b[u]|
 *
 * Source: Liu et al. 2017, "Learning Efficient Convolutional Networks through Network Slimming",
 * arXiv:1708.06519, §3. Meant for networks trained with an L1 penalty on γ.
 *
 * @throws EspalierError `NO_WEIGHTS` when no batch normalisation scales the units (it was folded, say)
 */
export function batchNormScale(): Criterion {
  return {
    name: "bn-scale",
    score: (group, context) => {
      const members = requireMembers(group, ["gain"]);
      const scores = new Float64Array(group.width);
      for (const member of members) {
        forEachWeight(member, context.constant(member.value), (unit, gamma) => {
          scores[unit] = (scores[unit] as number) + Math.abs(gamma) / members.length;
        });
      }
      return requireFinite(group, scores);
    },
  };
}
