// What a phone measured, in words.

import type { LatencyStatistics } from "@espalier/core";
import { formatTogether, speedText } from "@espalier/report/text";
import type { PhoneMeasurement } from "@espalier/runtime-tflite";

/** Of the slowest operators. */
const SHOWN = 5;

/** Lines for people. */
export function timesText(dense: PhoneMeasurement, pruned: PhoneMeasurement): string[] {
  const unstable = dense.latency.unstable || pruned.latency.unstable;
  return [
    ...Object.entries({ dense, pruned }).map(([label, { latency }]) => line(label, latency)),
    unstable
      ? "Other work disturbed the phone too much for a verdict; cool it, close what runs, and measure again."
      : `The pruned file is ${speedText(dense.latency.medianMs / pruned.latency.medianMs)}.`,
    ...slowest(pruned),
  ];
}

function line(label: string, { medianMs, p10Ms, p90Ms, runs }: LatencyStatistics): string {
  const [median, low, high] = formatTogether("ms", [medianMs, p10Ms, p90Ms]);
  return `${label.padEnd(7)} median ${median}, p10 ${low}, p90 ${high}, ${runs} rounds`;
}

/** Where the time of the pruned file goes; nothing without a profile. */
function slowest({ profiled }: PhoneMeasurement): string[] {
  const operators = profiled?.profile?.[0]?.operators ?? [];
  const sorted = [...operators].sort((a, b) => b.meanMs - a.meanMs).slice(0, SHOWN);
  return sorted.map(
    ({ type, name, meanMs, share }) =>
      `  ${(100 * share).toFixed(1).padStart(5)} %  ${meanMs.toFixed(3)} ms  ${type} ${name}`,
  );
}
