// Two models in turns, block by block: what the machine does meanwhile meets both, so their ratio is steadier than
// either time.

import type { TimedRuns } from "../runtime.js";
import { median, quantile } from "./quantile.js";

const ROUNDS = 6;
const MOST_RUNS_IN_BLOCK = 30;
/** One alone takes no turns: all its runs are one block. */
const ALONE = { fewest: 5, most: 60 };

/** A run that takes longer does not notice that the other model had the caches. */
const SLOW_RUN_MS = 50;

/** Times some runs of a model after some that do not count. Milliseconds. */
export type TimeRuns = (untimed: number, runs: number) => Promise<readonly number[]>;

/**
 * @param model the model to time, warm
 * @param reference what it is held against, warm; null when there is nothing
 * @param budgetMs about how long each may take
 */
export async function takeTurns(
  model: TimeRuns,
  reference: TimeRuns | null,
  budgetMs: number,
): Promise<TimedRuns> {
  const rounds = reference === null ? 1 : ROUNDS;
  const { fewest, most } = reference === null ? ALONE : { fewest: 1, most: MOST_RUNS_IN_BLOCK };
  const pace = async (time: TimeRuns): Promise<() => Promise<readonly number[]>> => {
    const runMs = Math.max(1e-3, median(await time(0, 1)));
    const runs = Math.round(Math.min(most, Math.max(fewest, budgetMs / rounds / runMs)));
    return () => time(runMs > SLOW_RUN_MS ? 0 : 1, runs);
  };
  const [own, other] = [await pace(model), reference === null ? null : await pace(reference)];
  const [taken, beside, ratios]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    // Both orders equally often.
    const early = round % 2 === 0 ? await own() : null;
    const others = (await other?.()) ?? [];
    const block = early ?? (await own());
    taken.push(...block);
    beside.push(...others);
    ratios.push(median(block) / median(others));
  }
  return {
    medianMs: median(taken),
    p10Ms: quantile(taken, 0.1),
    reference: other === null ? null : { medianMs: median(beside), times: median(ratios) },
  };
}
