// How many runs a measurement takes, and in blocks of what size.

const TARGET_MS = 2000;
const FEWEST_RUNS = 30;
const MOST_RUNS = 500;
const SLOW_RUN_MS = 1000;
const FEWEST_SLOW_RUNS = 5;
/** Short ones: a machine changes its speed within a second. */
const MOST_BLOCKS = 40;

/** Timed runs per model so that they take about two seconds: 30 to 500, fewer where a run exceeds a second. */
export function chooseRuns(runMs: number): number {
  if (runMs > SLOW_RUN_MS) return clamp((FEWEST_RUNS * SLOW_RUN_MS) / runMs, FEWEST_SLOW_RUNS, FEWEST_RUNS);
  return clamp(TARGET_MS / runMs, FEWEST_RUNS, MOST_RUNS);
}

/** Sizes of an even number of blocks, so that each order occurs equally often; they add up to `runs`. */
export function planBlocks(runs: number): number[] {
  const count = Math.min(MOST_BLOCKS, Math.max(2, 2 * Math.floor(runs / 6)), runs);
  return Array.from(
    { length: count },
    (_, i) => Math.floor(((i + 1) * runs) / count) - Math.floor((i * runs) / count),
  );
}

function clamp(value: number, low: number, high: number): number {
  return Math.round(Math.min(high, Math.max(low, value)));
}
