// One ranking over all groups together.

import {
  type Allocated,
  type Allocation,
  type AllocationOptions,
  bestUnits,
  roundWidth,
  type ScoredGroup,
} from "./allocation.js";

/**
 * Global allocation: of all units of all groups together, the fraction R with the smallest normalised scores
 * goes. Scores are divided by their group's mean, so that wide layers with small weights are not emptied
 * (the "mean" normaliser of Fang et al. 2023, arXiv:2301.12900, §3.3).
 */
export function global(): Allocation {
  return { name: "global", allocate: (groups, options) => rankTogether(groups, options, byMean) };
}

/**
 * LAMP: layer-adaptive magnitude. Inside a group, units are sorted by squared score ascending, and
 *
 *   lamp(u) = s[u]² / Σ_{v : s[v] ≥ s[u]} s[v]²
 *
 * ranks globally. The best unit of every group scores 1, so no group can vanish.
 *
 * Source: Lee et al. 2021, "Layer-adaptive Sparsity for the Magnitude-based Pruning", arXiv:2010.07611, eq. 1;
 * there for single weights, here for units.
 */
export function lamp(): Allocation {
  return { name: "lamp", allocate: (groups, options) => rankTogether(groups, options, lampScores) };
}

function rankTogether(
  groups: readonly ScoredGroup[],
  options: AllocationOptions,
  normalise: (scores: Float64Array) => Float64Array,
): Allocated[] {
  const normalised = groups.map(({ scores }) => ofPresent(scores, normalise));
  const all = normalised.flatMap((scores, g) => [...scores].map((score, u) => ({ score, g, u })));
  all.sort((a, b) => (a.score === b.score ? a.g - b.g || b.u - a.u : a.score - b.score));
  const gone = groups.map(() => 0);
  for (const { g } of all.slice(0, Math.floor(Number((all.length * options.ratio).toPrecision(12)))))
    gone[g] = (gone[g] ?? 0) + 1;
  return groups.map(({ group, scores }, g) => {
    const asked = group.width - (gone[g] ?? 0);
    return { group, asked, keep: bestUnits(scores, roundWidth(asked, group.width, options)) };
  });
}

/** Units that are gone already (−1) neither count nor come back: they rank below all others. */
function ofPresent(scores: Float64Array, normalise: (scores: Float64Array) => Float64Array): Float64Array {
  const out = new Float64Array(scores.length).fill(Number.NEGATIVE_INFINITY);
  const present = [...scores.keys()].filter((u) => (scores[u] as number) >= 0);
  const normalised = normalise(Float64Array.from(present, (u) => scores[u] as number));
  for (const [i, u] of present.entries()) out[u] = normalised[i] as number;
  return out;
}

function byMean(scores: Float64Array): Float64Array {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return mean === 0 ? scores : scores.map((score) => score / mean);
}

function lampScores(scores: Float64Array): Float64Array {
  const order = [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const out = new Float64Array(scores.length);
  let tail = 0;
  for (const u of order) {
    const square = (scores[u] as number) ** 2;
    tail += square;
    out[u] = tail === 0 ? 0 : square / tail;
  }
  return out;
}
