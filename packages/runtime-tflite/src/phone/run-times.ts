// The line on which the benchmark tool sums up a block of runs. It has three forms: no run, runs that all took the same
// time, and others; newer versions add percentiles.
//
//   count=50 first=249042 curr=250889 min=247067 max=254474 avg=249684 std=1442 p5=247301 median=249500 p95=252011
//
// Source: Stat::OutputToStream in tensorflow/core/util/stats_calculator.h.

import { logError, parseNumber } from "./log-error.js";

/** Milliseconds. The tool keeps no list of its runs. */
export interface RunTimes {
  readonly runs: number;
  readonly firstMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly meanMs: number;
  /** Of the population. */
  readonly deviationMs: number;
  /** null where the tool is too old to tell. */
  readonly percentiles: { readonly p5Ms: number; readonly medianMs: number; readonly p95Ms: number } | null;
}

/**
 * @param line from `count=` on
 * @returns null for no runs
 * @throws EspalierError `INVALID_LOG`
 */
export function parseRunTimes(line: string): RunTimes | null {
  const fields = new Map([...line.matchAll(/(\w+)=([^\s(]+)/g)].map(([, key, value]) => [key, value]));
  const runs = parseNumber(fields.get("count"), "The number of runs", 0);
  if (!Number.isInteger(runs)) throw logError("The number of runs is none", "an integer", String(runs));
  if (runs === 0) return null;
  const ms = (key: string): number => parseNumber(fields.get(key), `The time "${key}"`, 0) / 1000;
  if (!fields.has("avg")) {
    const same = ms("curr");
    return {
      runs,
      firstMs: same,
      minMs: same,
      maxMs: same,
      meanMs: same,
      deviationMs: 0,
      percentiles: { p5Ms: same, medianMs: same, p95Ms: same },
    };
  }
  const times = {
    runs,
    firstMs: ms("first"),
    minMs: ms("min"),
    maxMs: ms("max"),
    meanMs: ms("avg"),
    deviationMs: ms("std"),
    percentiles: fields.has("median") ? { p5Ms: ms("p5"), medianMs: ms("median"), p95Ms: ms("p95") } : null,
  };
  // The mean is printed with six digits.
  const inOrder = times.minMs <= times.meanMs * (1 + 1e-5) && times.meanMs <= times.maxMs * (1 + 1e-5);
  if (inOrder && times.minMs <= times.firstMs && times.firstMs <= times.maxMs) return times;
  throw logError("The times of the runs contradict each other", "min ≤ first, avg ≤ max", line);
}
