// Timing inside the worker, on inputs made beforehand. A page's clock is coarse, 0.1 ms where it is not
// isolated from others, so a sample averages as many runs as it takes to be a hundred ticks long.

import type { WarmUp } from "./messages.js";

const TICKS_PER_SAMPLE = 100;
const OBSERVED_TICKS = 10;
const FEWEST_WARM_UP_RUNS = 2;

/** One run on inputs that lie ready. */
export type TimedRun = () => Promise<unknown>;

/** Runs until the browser has had time to exchange the code of its fast compiler for that of its good one. */
export async function warmUp(once: TimedRun, { ms, runs }: WarmUp): Promise<void> {
  const start = performance.now();
  for (let run = 0; run < (runs ?? Number.POSITIVE_INFINITY); run++) {
    if (run >= FEWEST_WARM_UP_RUNS && performance.now() - start >= ms) break;
    await once();
  }
}

/** Runs whose time together is long against the clock's resolution. */
export async function calibrate(once: TimedRun): Promise<number> {
  const enoughMs = TICKS_PER_SAMPLE * clockResolutionMs();
  let runsPerSample = 1;
  while ((await timeRuns(once, runsPerSample)) < enoughMs) runsPerSample *= 2;
  return runsPerSample;
}

/** Milliseconds per run, one value for each sample after the untimed ones. */
export async function timeSamples(
  once: TimedRun,
  block: { readonly untimed: number; readonly samples: number; readonly runsPerSample: number },
): Promise<Float64Array> {
  const { untimed, samples, runsPerSample } = block;
  if (untimed > 0) await timeRuns(once, untimed * runsPerSample);
  const perRunMs = new Float64Array(samples);
  for (let i = 0; i < samples; i++) {
    perRunMs[i] = (await timeRuns(once, runsPerSample)) / runsPerSample;
  }
  return perRunMs;
}

async function timeRuns(once: TimedRun, runs: number): Promise<number> {
  const start = performance.now();
  for (let run = 0; run < runs; run++) await once();
  return performance.now() - start;
}

/** The smallest step that the clock was seen to make. */
function clockResolutionMs(): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let tick = 0; tick < OBSERVED_TICKS; tick++) {
    const before = performance.now();
    let now = before;
    while (now === before) now = performance.now();
    smallest = Math.min(smallest, now - before);
  }
  return smallest;
}
