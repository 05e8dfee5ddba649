// Leaving local optima: the best order is disturbed a little and climbed from again, a bounded number of times.

import { type Random, seededRandom } from "../random/random.js";

/** A search that climbs from any order to one that none of its moves betters. */
export interface Climber {
  /** Columns in order; stripes of four are blocks. */
  readonly order: Uint32Array;
  /** Climbs as far as it gets. @returns what is kept then */
  climb(): number;
  /** Says that the columns of these stripes were changed from outside. */
  changed(stripes: readonly number[]): void;
  /** What a later `restore` returns to. */
  save(): void;
  restore(): void;
}

/**
 * Climbs; then `escapes` times passes one channel each round four stripes at random, climbs again, and stays there if that
 * is better, else returns. The result is never worse than without escapes.
 *
 * Differs from Pool and Yu 2021, whose escapes take the least bad of the search's own moves: the search undoes that at
 * once, where a cycle through four stripes needs several moves.
 */
export function climbWithEscapes(climber: Climber, escapes: number, seed: number): Uint32Array {
  const random = seededRandom(seed, "escapes");
  let best = climber.climb();
  climber.save();
  for (let time = 0; time < escapes; time++) {
    passRound(climber, random);
    const kept = climber.climb();
    if (kept > best) {
      best = kept;
      climber.save();
    } else climber.restore();
  }
  return climber.order;
}

const CYCLE = 4;

function passRound(climber: Climber, random: Random): void {
  const { order } = climber;
  const count = order.length / 4;
  const stripes = random.sample(count, Math.min(CYCLE, count));
  const places = stripes.map((stripe) => stripe * 4 + random.integer(0, 3));
  const columns = places.map((place) => order[place] as number);
  for (const [i, place] of places.entries()) order[place] = columns[(i + 1) % columns.length] as number;
  climber.changed(stripes);
}
