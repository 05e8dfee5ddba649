// Timing inside the worker, on inputs made beforehand. A page's clock is coarse, 0.1 ms where it is not
// isolated from others, so a sample averages as many runs as it takes to be a hundred ticks long.

import type { InferenceSession, Tensor } from "onnxruntime-common";

const TICKS_PER_SAMPLE = 100;
const OBSERVED_TICKS = 10;
/** Until then the browser may still be compiling with its fast compiler. */
const WARM_UP_MS = 500;
const WARM_UP_RUNS = 2;

export interface Prepared {
  readonly session: InferenceSession;
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly resolutionMs: number;
  /** Runs whose time together is long against the clock's resolution. */
  readonly runsPerSample: number;
}

/** Warms `session` up, at least two runs and half a second, and chooses the length of a sample. */
export async function prepareTiming(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Prepared> {
  const start = performance.now();
  for (let run = 0; run < WARM_UP_RUNS || performance.now() - start < WARM_UP_MS; run++) {
    await session.run(feeds);
  }
  const resolutionMs = clockResolutionMs();
  let runsPerSample = 1;
  while ((await timeRuns(session, feeds, runsPerSample)) < TICKS_PER_SAMPLE * resolutionMs)
    runsPerSample *= 2;
  return { session, feeds, resolutionMs, runsPerSample };
}

/** Milliseconds per run, one value for each sample after the untimed ones. */
export async function timeSamples(
  { session, feeds }: Prepared,
  block: { readonly untimed: number; readonly samples: number; readonly runsPerSample: number },
): Promise<Float64Array> {
  const { untimed, samples, runsPerSample } = block;
  if (untimed > 0) await timeRuns(session, feeds, untimed * runsPerSample);
  const perRunMs = new Float64Array(samples);
  for (let i = 0; i < samples; i++) {
    perRunMs[i] = (await timeRuns(session, feeds, runsPerSample)) / runsPerSample;
  }
  return perRunMs;
}

async function timeRuns(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  runs: number,
): Promise<number> {
  const start = performance.now();
  for (let run = 0; run < runs; run++) await session.run(feeds);
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
