// Latency of several models side by side: one child process per model, timed in alternating blocks
// (A B, B A, A B, …), so that what the machine does meanwhile meets all of them alike. Only `run` is timed,
// inside the child, on inputs and outputs made beforehand, without spinning threads.

import type {
  LatencyRequest,
  LatencyStatistics,
  ModelBytes,
  ProgressListener,
  Unavailable,
} from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { type IsolatedSession, openIsolatedSession } from "../child/isolated-session.js";
import type { Isolation } from "../child/isolation.js";
import { packTensors } from "../child/tensor-frames.js";
import { abortedError } from "../runtime-errors.js";
import { chooseRuns, planBlocks } from "./blocks.js";
import { LARGEST_SPREAD, spread, summariseSamples } from "./latency-statistics.js";
import { median } from "./quantile.js";

const REPEATS = 3;
const WARM_UP_RUNS = 3;
const SLOW_RUN_MS = 200;
const RUN_DEADLINE_MS = 30_000;

interface Candidate {
  readonly label: string;
  readonly session: IsolatedSession;
  /** Estimate from the warm-up. */
  readonly runMs: number;
}

type Samples = Map<string, number[]>;

/**
 * Measures `request.models` against each other.
 *
 * Without `request.runs` each model gets about two seconds, and between 30 and 500 runs; fewer than 30 only
 * where one run takes longer than a second. A measurement with (p90 − p10)/median above 0.25 is repeated, at
 * most three times; the quietest is kept, and marked `unstable` when it is still above.
 */
export async function measureLatency(
  request: LatencyRequest,
  isolation: Isolation,
  runtime: string,
): Promise<Readonly<Record<string, LatencyStatistics>> | Unavailable> {
  const labels = Object.keys(request.models);
  const candidates: Candidate[] = [];
  try {
    for (const label of labels) {
      candidates.push(await warmUp(label, request.models[label] as ModelBytes, request, isolation));
    }
    let best: Samples = new Map();
    for (let attempt = 0; attempt <= REPEATS; attempt++) {
      const samples = await measureOnce(candidates, request);
      if (attempt === 0 || worstSpread(samples) < worstSpread(best)) best = samples;
      if (worstSpread(best) <= LARGEST_SPREAD) break;
    }
    return Object.fromEntries(
      labels.map((label) => [label, summariseSamples(best.get(label) ?? [], request, runtime)]),
    );
  } catch (error) {
    if (error instanceof EspalierError && error.code === "UNAVAILABLE") {
      return { unavailable: "UNAVAILABLE", unblock: error.context.unblock ?? error.message };
    }
    throw error;
  } finally {
    await Promise.all(candidates.map(({ session }) => session.dispose()));
  }
}

async function warmUp(
  label: string,
  model: ModelBytes,
  request: LatencyRequest,
  isolation: Isolation,
): Promise<Candidate> {
  const { signal, threads } = request;
  const session = await openIsolatedSession(
    model,
    { threads, spinning: false, timeoutMs: RUN_DEADLINE_MS, ...(signal === undefined ? {} : { signal }) },
    isolation,
  );
  try {
    const feeds = packTensors(request.feeds);
    await session.process.request({ type: "prepare", feeds: feeds.tensors }, feeds.buffers);
    const [firstMs = 0] = await timeBlock(session, 0, 1, RUN_DEADLINE_MS);
    const runMs =
      firstMs > SLOW_RUN_MS ? firstMs : median(await timeBlock(session, 0, WARM_UP_RUNS, RUN_DEADLINE_MS));
    return { label, session, runMs };
  } catch (error) {
    await session.dispose();
    throw error;
  }
}

async function measureOnce(candidates: readonly Candidate[], request: LatencyRequest): Promise<Samples> {
  const slowestMs = Math.max(...candidates.map(({ runMs }) => runMs));
  // One count for all: quantiles of unequal samples do not compare.
  const runs = request.runs ?? chooseRuns(slowestMs);
  const samples: Samples = new Map(candidates.map(({ label }) => [label, []]));
  const blocks = planBlocks(runs);
  let done = 0;
  for (const [index, size] of blocks.entries()) {
    const order = index % 2 === 0 ? candidates : candidates.toReversed();
    for (const { label, session, runMs } of order) {
      if (request.signal?.aborted) throw abortedError(request.signal);
      // One untimed run when a block begins, since the others had the caches; a slow run does not notice.
      const untimed = runMs > SLOW_RUN_MS ? 0 : 1;
      const deadlineMs = RUN_DEADLINE_MS + 20 * runMs * (size + untimed);
      samples.get(label)?.push(...(await timeBlock(session, untimed, size, deadlineMs)));
      done += size;
      report(request.onProgress, done, runs * candidates.length);
    }
  }
  return samples;
}

async function timeBlock(
  { process }: IsolatedSession,
  warmup: number,
  runs: number,
  deadlineMs: number,
): Promise<number[]> {
  const { buffers } = await process.request({ type: "time", warmup, runs }, [], deadlineMs);
  const samples = buffers[0];
  if (samples?.byteLength !== 8 * runs) throw new Error("a block of timings has the wrong length");
  return [...new Float64Array(samples.buffer)];
}

function worstSpread(samples: Samples): number {
  return Math.max(...[...samples.values()].map(spread));
}

function report(listener: ProgressListener | undefined, done: number, total: number): void {
  listener?.({ phase: "measuring latency", done, total, unit: "runs" });
}
