// Latency of several models side by side: one child process per model, timed in alternating blocks. Only
// `run` is timed, inside the child, on inputs and outputs made beforehand, without spinning threads.

import {
  type Feeds,
  type LatencyRequest,
  type LatencyStatistics,
  type ModelBytes,
  measureSideBySide,
  type TimedModel,
  type Unavailable,
} from "@espalier/core";
import { type IsolatedSession, openIsolatedSession } from "../child/isolated-session.js";
import type { Isolation } from "../child/isolation.js";
import { packTensors } from "../child/tensor-frames.js";

const RUN_DEADLINE_MS = 30_000;

/** Measures `request.models` against each other; how, is described at `measureSideBySide`. */
export function measureLatency(
  request: LatencyRequest,
  isolation: Isolation,
  runtime: string,
): Promise<Readonly<Record<string, LatencyStatistics>> | Unavailable> {
  return measureSideBySide(request, runtime, (model) => openTimedModel(model, request, isolation));
}

async function openTimedModel(
  model: ModelBytes,
  { feeds, threads, signal }: LatencyRequest,
  isolation: Isolation,
): Promise<TimedModel> {
  const session = await openIsolatedSession(
    model,
    { threads, spinning: false, timeoutMs: RUN_DEADLINE_MS, ...(signal === undefined ? {} : { signal }) },
    isolation,
  );
  try {
    await prepare(session, feeds);
  } catch (error) {
    await session.dispose();
    throw error;
  }
  return {
    runsPerSample: 1, // the clock of Node resolves less than a microsecond
    time: ({ untimed, samples }, deadlineMs) => timeBlock(session, untimed, samples, deadlineMs),
    dispose: () => session.dispose(),
  };
}

async function prepare({ process }: IsolatedSession, feeds: Feeds): Promise<void> {
  const packed = packTensors(feeds);
  await process.request({ type: "prepare", feeds: packed.tensors }, packed.buffers);
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
