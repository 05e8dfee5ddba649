// The control of every search: the best of random orders.

import { type Random, seededRandom } from "../random/random.js";
import { keptOf } from "./column-magnitudes.js";
import { checkCount, type PermutationSearch, permutationSearch } from "./permutation-search.js";

export interface RandomPermutationsOptions {
  /** @default 1000 */
  readonly trials?: number;
  /** @default 0 */
  readonly seed?: number;
}

/** The best of so many random orders, the columns' own among them. @throws EspalierError `INVALID_OPTION` */
export function randomPermutations({
  trials = 1000,
  seed = 0,
}: RandomPermutationsOptions = {}): PermutationSearch {
  checkCount("trials", trials);
  return permutationSearch(`random-${trials}`, (columns) => {
    const random = seededRandom(seed, "random permutations");
    const order = Uint32Array.from({ length: columns.columns }, (_, i) => i);
    let best = order.slice();
    let kept = keptOf(columns, best);
    for (let trial = 0; trial < trials; trial++) {
      shuffle(order, random);
      const next = keptOf(columns, order);
      if (next > kept) [best, kept] = [order.slice(), next];
    }
    return best;
  });
}

/** Fisher and Yates, in place. */
function shuffle(order: Uint32Array, random: Random): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
}
