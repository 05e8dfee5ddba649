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

/**
 * Round by round the same fraction of what is left: after round r the fraction 1 − (1 − rate)^(r+1) is gone, until it is
 * `ratio`.
 *
 * Source: Frankle and Carbin 2019, "The Lottery Ticket Hypothesis", §1 (p^(1/n) per round), arXiv:1803.03635.
 */
export function geometric(rate: number): Schedule {
  if (!(rate > 0 && rate < 1)) throw new Error("a geometric schedule removes a fraction between 0 and 1");
  return {
    name: `geometric-${rate}`,
    next: (round, ratio) => {
      const before = 1 - (1 - rate) ** round;
      return before >= ratio ? null : Math.min(ratio, 1 - (1 - rate) ** (round + 1));
    },
  };
}
