// What a model takes before its first answer: time to load and peak memory, in a fresh child process.

import type { Feeds, ModelBytes, RunLimits } from "@espalier/core";
import { openIsolatedSession } from "../child/isolated-session.js";
import { findIsolation } from "../child/isolation.js";

export interface Footprint {
  /** Creating the session from bytes in memory. */
  readonly loadMs: number;
  /** Largest resident memory of the whole process after one run, the bytes of the model included. */
  readonly peakBytes: number;
  /** The same before the model came: Node and ONNX Runtime alone. */
  readonly baseBytes: number;
}

/** Loads `model` in a fresh process at one thread and runs it once. */
export async function measureFootprint(
  model: Uint8Array | ModelBytes,
  feeds: Feeds,
  options: RunLimits & { readonly threads?: number; readonly signal?: AbortSignal } = {},
): Promise<Footprint> {
  const bytes = model instanceof Uint8Array ? { bytes: model } : model;
  const session = await openIsolatedSession(bytes, { threads: 1, ...options }, findIsolation());
  try {
    await session.run(feeds);
    const { header } = await session.process.request({ type: "memory" });
    return {
      loadMs: session.loadMs,
      peakBytes: Number(header.peakBytes),
      baseBytes: session.process.basePeakBytes,
    };
  } finally {
    await session.dispose();
  }
}
