// Schedules: pure state machines that say how dense the network is after each round.

export interface Schedule {
  readonly name: string;
  /** Fraction removed after round `round` (from 0) on the way to `ratio`; null when the schedule is over. */
  next(round: number, ratio: number): number | null;
}

/** Everything at once. */
export function oneShot(): Schedule {
  return { name: "one-shot", next: (round, ratio) => (round === 0 ? ratio : null) };
}

/**
 * In `rounds` equal steps of the removed fraction; importance is scored anew on the smaller network each time
 * (the "greedy" variant of Li et al. 2017, §3.2: what is gone no longer counts).
 */
export function iterative(rounds: number): Schedule {
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error("a schedule needs at least one round");
  return {
    name: `iterative-${rounds}`,
    next: (round, ratio) => (round < rounds ? (ratio * (round + 1)) / rounds : null),
  };
}
