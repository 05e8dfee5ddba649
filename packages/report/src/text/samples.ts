// How often a model was timed, in words.

import type { LatencyStatistics } from "@espalier/core";
import { formatNumberOf } from "./quantity.js";

/** Runs that one sample averages: more than one where the runtime's clock is too coarse for one. */
export function runsPerSample(...all: readonly Pick<LatencyStatistics, "runsPerSample">[]): number {
  return Math.max(1, ...all.map((one) => one.runsPerSample ?? 1));
}

/** "143 runs", "143 samples of 8 runs each" */
export function samplesText(statistics: Pick<LatencyStatistics, "runs" | "runsPerSample">): string {
  const each = runsPerSample(statistics);
  if (each === 1) return formatNumberOf(statistics.runs, "run");
  return `${formatNumberOf(statistics.runs, "sample")} of ${formatNumberOf(each, "run")} each`;
}
