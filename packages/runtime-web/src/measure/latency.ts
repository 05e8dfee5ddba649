// Latency of several models side by side: one worker per model, timed in alternating blocks inside it. What
// is timed is a whole `run`, with the making of its outputs, as a page sees it.

import {
  type LatencyRequest,
  type LatencyStatistics,
  type ModelBytes,
  measureSideBySide,
  type TimedModel,
  type Unavailable,
} from "@espalier/core";
import type { ModelWorkerOptions } from "../worker/model-worker.js";
import { openWorkerSession, packFeeds } from "../worker/worker-session.js";
import { timedWorker } from "./timed-worker.js";

/** Measures `request.models` against each other; how, is described at `measureSideBySide`. */
export function measureLatency(
  request: LatencyRequest,
  runtime: string,
  options: ModelWorkerOptions,
): Promise<Readonly<Record<string, LatencyStatistics>> | Unavailable> {
  return measureSideBySide(request, runtime, (model) => openTimedModel(model, request, options));
}

async function openTimedModel(
  model: ModelBytes,
  { feeds }: LatencyRequest,
  options: ModelWorkerOptions,
): Promise<TimedModel> {
  const session = await openWorkerSession(model, {}, options);
  return timedWorker(
    session.worker,
    () => packFeeds(feeds),
    () => session.dispose(),
  );
}
