// Channel choice by what least squares can make up for: a unit that the others can stand in for goes first.

import { EspalierError } from "@espalier/ir";
import type { Elimination } from "../reconstruct/elimination.js";
import type { Criterion } from "./criterion.js";

/**
 * The error at which a unit goes in backward elimination with the consumers' weights solved anew:
 *
 *   score[u] = relative output error of the group's consumers once u and all units before it are gone
 *
 * Source: the objective of ThiNet (Luo et al. 2017, arXiv:1707.06342, eq. 5), with the weights of the rest solved
 * anew at every step (`eliminate`). `eliminations` come from `collectEliminations` on the same model, so the
 * criterion is one-shot: on a smaller model the groups no longer fit and are refused.
 *
 * @throws EspalierError `NO_WEIGHTS` for a group whose consumers are no contractions with stored weights
 */
export function reconstruction(eliminations: ReadonlyMap<string, Elimination>): Criterion {
  return {
    name: "reconstruction",
    score: (group) => {
      const found = eliminations.get(group.id);
      if (found === undefined || found.order.length !== group.width) {
        throw new EspalierError("NO_WEIGHTS", `Group ${group.id} has no reconstruction errors`, {
          where: group.id,
          expected: `an elimination order of ${group.width} units`,
          found: found === undefined ? "none" : `${found.order.length} units`,
        });
      }
      return eliminationScores(found);
    },
  };
}

/** One score a unit, ascending in the order of elimination; the unit that stays longest scores twice the last. */
export function eliminationScores({ order, errors }: Elimination): Float64Array {
  const scores = new Float64Array(order.length);
  const last = errors.at(-1) ?? 0;
  for (const [i, unit] of order.entries()) scores[unit] = errors[i + 1] ?? 2 * last;
  return scores;
}
