// What a model takes before its first answer: time to load and peak memory, in a fresh worker.

import type { Feeds, Footprint, ModelBytes } from "@espalier/core";
import type { ModelWorkerOptions } from "../worker/model-worker.js";
import { openWorkerSession } from "../worker/worker-session.js";

export interface WebFootprint extends Footprint {
  /** Linear memory of the engine after one run: it never shrinks, so this is its peak. */
  readonly peakBytes: number;
  /** The same before the model came: the engine alone. */
  readonly baseBytes: number;
  /** Loading the engine: fetching, compiling (or finding in the browser's caches) and trying it out. */
  readonly startMs: number;
}

/** Loads `model` in a fresh worker and runs it once. */
export async function measureFootprint(
  model: ModelBytes,
  feeds: Feeds,
  options: ModelWorkerOptions,
): Promise<WebFootprint> {
  const session = await openWorkerSession(model, {}, options);
  try {
    await session.run(feeds);
    const { header } = await session.worker.request("memory", { type: "memory" });
    const { startMs, baseBytes } = session.worker;
    return { loadMs: session.loadMs, peakBytes: header.memoryBytes, baseBytes, startMs };
  } finally {
    await session.dispose();
  }
}
