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

/** Until then the browser may still be compiling the engine with its fast compiler. */
const WARM_UP = { ms: 500, runs: null };

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
  const { worker } = session;
  try {
    const { tensors, arrays } = packFeeds(feeds);
    await worker.request("prepared", { type: "prepare", tensors, warmUp: WARM_UP }, arrays);
    const { header } = await worker.request("calibrated", { type: "calibrate" });
    return {
      runsPerSample: header.runsPerSample,
      async time(block, deadlineMs) {
        const timed = await worker.request("timed", { type: "time", ...block }, [], deadlineMs);
        return Array.from(timed.arrays[0] as Float64Array);
      },
      dispose: () => session.dispose(),
    };
  } catch (error) {
    await session.dispose();
    throw error;
  }
}
