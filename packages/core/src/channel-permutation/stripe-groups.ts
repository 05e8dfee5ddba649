// Stripe groups: two or three blocks of four columns at a time are distributed anew in the best possible way.

import { EspalierError } from "@espalier/ir";
import { seededRandom } from "../random/random.js";
import { climbWithEscapes } from "./bounded-escape.js";
import { checkCount, type PermutationSearch, permutationSearch } from "./permutation-search.js";
import { StripeClimber } from "./stripe-climber.js";

export interface StripeGroupsOptions {
  /** Columns of a group: 8 are two stripes, 12 three. @default 8 */
  readonly columns?: 8 | 12;
  /** How often a local optimum of groups of 8 is left. @default 100 */
  readonly escapes?: number;
  /**
   * Groups of one size that are looked at, at most; where there are more, a seeded choice. 512 columns have 8128 groups of
   * two stripes and 341,376 of three. @default 10000
   */
  readonly groups?: number;
  /** For escapes and the choice of groups. @default 0 */
  readonly seed?: number;
}

/**
 * For every group of two stripes (8 columns) the best of all ways to distribute its columns; the group that gains the most
 * is applied, until none gains anything. Groups of 12 go on from there with three stripes at a time, so they never end
 * below groups of 8. With no more columns than one group has, the result is the optimum.
 *
 * Time: rows · 70 for a group of 8, rows · 495 for one of 12; after a move the groups that share a stripe again.
 *
 * Source: Pool and Yu 2021, §4. Differs: groups of 12 begin at the optimum of groups of 8, and escapes are made with groups
 * of 8 alone, which cost a thirtieth.
 *
 * @throws EspalierError `INVALID_OPTION`
 */
export function stripeGroups({
  columns: size = 8,
  escapes = 100,
  groups: most = 10_000,
  seed = 0,
}: StripeGroupsOptions = {}): PermutationSearch {
  if (size !== 8 && size !== 12) {
    throw new EspalierError("INVALID_OPTION", "Stripe groups of this size are not searched", {
      where: "columns",
      expected: "8 or 12",
      found: String(size),
    });
  }
  checkCount("escapes", escapes);
  checkCount("groups", most);
  return permutationSearch(`stripes-${size}-${escapes}`, (columns) => {
    const stripes = columns.columns / 4;
    let order = Uint32Array.from({ length: columns.columns }, (_, i) => i);
    for (const each of size === 8 ? [2] : [2, 3]) {
      if (each > stripes) break;
      const climber = new StripeClimber(columns, order, chosen(groupsOf(stripes, each), most, seed), each);
      // Where one group is all there is, its optimum is everybody's.
      const times = each === 2 && stripes > 2 ? escapes : 0;
      order = Uint32Array.from(climbWithEscapes(climber, times, seed));
    }
    return order;
  });
}

/** All sets of two or three stripes. */
function groupsOf(stripes: number, each: number): number[][] {
  const groups: number[][] = [];
  for (let a = 0; a < stripes; a++)
    for (let b = a + 1; b < stripes; b++) {
      if (each === 2) groups.push([a, b]);
      else for (let c = b + 1; c < stripes; c++) groups.push([a, b, c]);
    }
  return groups;
}

function chosen(groups: readonly number[][], most: number, seed: number): readonly number[][] {
  if (groups.length <= most) return groups;
  return seededRandom(seed, "stripe groups")
    .sample(groups.length, most)
    .map((i) => groups[i] as number[]);
}
