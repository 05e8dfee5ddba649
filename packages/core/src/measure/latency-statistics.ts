// What a list of timings says: median, quantiles, and whether they are steady enough to claim anything.

import type { LatencyRequest, LatencyStatistics } from "../runtime.js";
import { median, quantile } from "./quantile.js";

/** (p90 − p10)/median above which a measurement is repeated, and in the end supports no verdict. */
export const LARGEST_SPREAD = 0.25;

/** (p90 − p10)/median. */
export function spread(samplesMs: readonly number[]): number {
  return (quantile(samplesMs, 0.9) - quantile(samplesMs, 0.1)) / median(samplesMs);
}

export function summariseSamples(
  samplesMs: readonly number[],
  {
    threads,
    batch,
    runsPerSample = 1,
  }: Pick<LatencyRequest, "threads" | "batch"> & { runsPerSample?: number },
  runtime: string,
): LatencyStatistics {
  return {
    medianMs: median(samplesMs),
    p10Ms: quantile(samplesMs, 0.1),
    p90Ms: quantile(samplesMs, 0.9),
    runs: samplesMs.length,
    threads,
    batch,
    runtime,
    unstable: !(spread(samplesMs) <= LARGEST_SPREAD), // also where nothing was measured
    samplesMs,
    ...(runsPerSample === 1 ? {} : { runsPerSample }),
  };
}
