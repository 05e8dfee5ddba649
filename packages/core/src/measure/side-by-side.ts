// Latency of several models side by side: each where it disturbs the others least (a process or a worker of
// its own), timed in alternating blocks (A B, B A, A B, …), so that what the machine does meanwhile meets all
// of them alike. Where and how a model runs is the runtime's business; there is no clock here.

import { EspalierError } from "@espalier/ir";
import { abortedError } from "../engine/runtime-errors.js";
import type {
  LatencyRequest,
  LatencyStatistics,
  ModelBytes,
  ProgressListener,
  Unavailable,
} from "../runtime.js";
import { chooseRuns, planBlocks } from "./blocks.js";
import { LARGEST_SPREAD, spread, summariseSamples } from "./latency-statistics.js";
import { median } from "./quantile.js";

const REPEATS = 3;
const WARM_UP_RUNS = 3;
const SLOW_RUN_MS = 200;
const RUN_DEADLINE_MS = 30_000;

/** A loaded model with its inputs prepared. */
export interface TimedModel {
  /** Runs that a sample must average for the clock to resolve it; 1 where the clock is fine enough. */
  readonly runsPerSample: number;
  /** Runs and times the model; rejects when it is not done in time. */
  time(block: TimedBlock, deadlineMs: number): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

export interface TimedBlock {
  /** Samples that are taken first and thrown away. */
  readonly untimed: number;
  readonly samples: number;
  readonly runsPerSample: number;
}

interface Candidate {
  readonly label: string;
  readonly model: TimedModel;
}

type Samples = Map<string, number[]>;

/**
 * Measures `request.models` against each other.
 *
 * Without `request.runs` each model gets about two seconds, and between 30 and 500 samples; fewer than 30 only
 * where one takes longer than a second. A measurement with (p90 − p10)/median above 0.25 is repeated, at most
 * three times; the quietest is kept, and marked `unstable` when it is still above.
 *
 * @param runtime name and version for the result
 * @param open loads one model; `UNAVAILABLE` from here becomes the result
 */
export async function measureSideBySide(
  request: LatencyRequest,
  runtime: string,
  open: (model: ModelBytes) => Promise<TimedModel>,
): Promise<Readonly<Record<string, LatencyStatistics>> | Unavailable> {
  const candidates: Candidate[] = [];
  try {
    for (const [label, model] of Object.entries(request.models)) {
      candidates.push({ label, model: await open(model) });
    }
    // One number for all, of samples and of runs in a sample: quantiles of unequal samples do not compare.
    const runsPerSample = Math.max(1, ...candidates.map(({ model }) => model.runsPerSample));
    const sampleMs: number[] = [];
    for (const { model } of candidates) sampleMs.push(runsPerSample * (await warmUp(model, runsPerSample)));
    const pace = { runsPerSample, sampleMs: Math.max(...sampleMs) };

    let best: Samples = new Map();
    for (let attempt = 0; attempt <= REPEATS; attempt++) {
      const samples = await measureOnce(candidates, pace, request);
      if (attempt === 0 || worstSpread(samples) < worstSpread(best)) best = samples;
      if (worstSpread(best) <= LARGEST_SPREAD) break;
    }
    return Object.fromEntries(
      candidates.map(({ label }) => [
        label,
        summariseSamples(best.get(label) ?? [], { ...request, runsPerSample }, runtime),
      ]),
    );
  } catch (error) {
    if (error instanceof EspalierError && error.code === "UNAVAILABLE") {
      return { unavailable: "UNAVAILABLE", unblock: error.context.unblock ?? error.message };
    }
    throw error;
  } finally {
    await Promise.all(candidates.map(({ model }) => model.dispose()));
  }
}

/** Milliseconds of one run, roughly. */
async function warmUp(model: TimedModel, runsPerSample: number): Promise<number> {
  const block = { untimed: 0, samples: 1, runsPerSample };
  const [firstMs = 0] = await model.time(block, RUN_DEADLINE_MS);
  if (firstMs > SLOW_RUN_MS) return firstMs;
  return median(await model.time({ ...block, samples: WARM_UP_RUNS }, RUN_DEADLINE_MS));
}

async function measureOnce(
  candidates: readonly Candidate[],
  { runsPerSample, sampleMs }: { readonly runsPerSample: number; readonly sampleMs: number },
  request: LatencyRequest,
): Promise<Samples> {
  const count = request.runs ?? chooseRuns(sampleMs);
  const samples: Samples = new Map(candidates.map(({ label }) => [label, []]));
  let done = 0;
  for (const [index, size] of planBlocks(count).entries()) {
    const order = index % 2 === 0 ? candidates : candidates.toReversed();
    for (const { label, model } of order) {
      if (request.signal?.aborted) throw abortedError(request.signal);
      // One untimed sample when a block begins, since the others had the caches; a slow run does not notice.
      const untimed = sampleMs > SLOW_RUN_MS ? 0 : 1;
      const deadlineMs = RUN_DEADLINE_MS + 20 * sampleMs * (size + untimed);
      const taken = await model.time({ untimed, samples: size, runsPerSample }, deadlineMs);
      if (taken.length !== size) throw new Error("a block of timings has the wrong length");
      samples.get(label)?.push(...taken);
      done += size;
      report(request.onProgress, done, count * candidates.length);
    }
  }
  return samples;
}

function worstSpread(samples: Samples): number {
  return Math.max(...[...samples.values()].map(spread));
}

function report(listener: ProgressListener | undefined, done: number, total: number): void {
  listener?.({ phase: "measuring latency", done, total, unit: "runs" });
}
