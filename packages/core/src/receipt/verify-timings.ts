// The timings of a receipt. They are measurements of one machine at one time and cannot be computed anew
// (`bench` measures again); but medians, quantiles and speed-ups have to follow from the runs listed.

import { isUnavailable, type LatencyStatistics } from "../runtime.js";
import { type Claim, compared, recorded } from "./claim.js";
import type { LatencyReport, Receipt } from "./receipt.js";

const LARGEST_SPREAD = 0.25;

export function timingClaims({ latency, memory, load }: Receipt): Claim[] {
  const claims: Claim[] = [];
  if (latency !== null && !isUnavailable(latency)) {
    claims.push(
      compared(
        "timings follow from their runs",
        JSON.stringify(said(latency)),
        JSON.stringify(again(latency)),
      ),
    );
    claims.push(
      recorded(
        "latency",
        `${latency.before.medianMs} → ${latency.after.medianMs} ms there; timings depend on the machine`,
      ),
    );
  }
  if (memory.peakBytes !== null || load.ms !== null)
    claims.push(recorded("load time and memory", `${load.ms} ms, ${memory.peakBytes} bytes there`));
  return claims;
}

function said({ source, before, after, speedup, predicted, beside = [] }: LatencyReport): unknown {
  const pair = (one: Pick<LatencyReport, "before" | "after" | "speedup">): unknown => [
    figures(one.before),
    figures(one.after),
    one.speedup,
  ];
  return [
    source && figures(source),
    pair({ before, after, speedup }),
    predicted?.errorRatio ?? null,
    ...beside.map(pair),
  ];
}

function again({ source, before, after, predicted, beside = [] }: LatencyReport): unknown {
  const pair = (one: Pick<LatencyReport, "before" | "after">): unknown => {
    const [b, a] = [summary(one.before), summary(one.after)];
    return [b, a, b.unstable || a.unstable ? null : b.medianMs / a.medianMs];
  };
  const pruned = summary(after);
  const off = predicted == null || pruned.unstable ? null : predicted.medianMs / pruned.medianMs - 1;
  return [source && summary(source), pair({ before, after }), off, ...beside.map(pair)];
}

type Figures = Pick<LatencyStatistics, "medianMs" | "p10Ms" | "p90Ms" | "runs" | "unstable">;

function figures({ medianMs, p10Ms, p90Ms, runs, unstable }: LatencyStatistics): Figures {
  return { medianMs, p10Ms, p90Ms, runs, unstable };
}

function summary({ samplesMs }: LatencyStatistics): Figures {
  const sorted = [...samplesMs].sort((a, b) => a - b);
  const [medianMs, p10Ms, p90Ms] = [quantile(sorted, 0.5), quantile(sorted, 0.1), quantile(sorted, 0.9)];
  const unstable = !((p90Ms - p10Ms) / medianMs <= LARGEST_SPREAD);
  return { medianMs, p10Ms, p90Ms, runs: sorted.length, unstable };
}

/** Linear interpolation between order statistics, as the runtimes compute it. */
function quantile(sorted: readonly number[], p: number): number {
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (high - low) * (position - below);
}
