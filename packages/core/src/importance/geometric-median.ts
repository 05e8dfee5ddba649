// FPGM: filters that the others can stand in for go first.

import { type Criterion, forEachWeight, requireFinite, requireMembers } from "./criterion.js";

/**
 * Distance to the geometric median, as the sum of distances to all other filters.
 *
 *   score[u] = Σ_v ‖F_u − F_v‖₂,  F_u = all weights that produce unit u
 *
 * Source: He et al. 2019, "Filter Pruning via Geometric Median", arXiv:1811.00250, eq. 4. Cost O(C² · weights
 * per unit).
 *
 * @throws EspalierError `NO_WEIGHTS`, `NONFINITE`
 */
export function geometricMedian(): Criterion {
  return {
    name: "fpgm",
    score: (group, context) => {
      const filters = Array.from({ length: group.width }, (): number[] => []);
      for (const member of requireMembers(group, ["produces"])) {
        forEachWeight(member, context.constant(member.value), (unit, w) => filters[unit]?.push(w));
      }
      const rows = filters.map((filter) => Float64Array.from(filter));
      const scores = new Float64Array(group.width);
      for (let u = 0; u < rows.length; u++) {
        for (let v = u + 1; v < rows.length; v++) {
          const distance = euclidean(rows[u] as Float64Array, rows[v] as Float64Array);
          scores[u] = (scores[u] as number) + distance;
          scores[v] = (scores[v] as number) + distance;
        }
      }
      return requireFinite(group, scores);
    },
  };
}

function euclidean(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(sum);
}
