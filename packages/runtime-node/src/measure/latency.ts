// Latency of several models side by side: one child process per model, timed in alternating blocks. Only
// `run` is timed, inside the child, on inputs and outputs made beforehand, without spinning threads.

import {
  type LatencyRequest,
  type LatencyStatistics,
  type ModelBytes,
  measureSideBySide,
  type TimedModel,
  type Unavailable,
} from "@espalier/core";
import { openIsolatedSession } from "../child/isolated-session.js";
import type { Isolation } from "../child/isolation.js";
import { packTensors } from "../child/tensor-frames.js";
import { timedProcess } from "../child/timed-process.js";

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
  return timedProcess(
    session.process,
    () => packTensors(feeds),
    () => session.dispose(),
  );
}
