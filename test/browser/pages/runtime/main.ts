// The page of the tests: offers runtime-web to whoever drives it.

import type { Feeds } from "@espalier/core";
import { isEspalierError } from "@espalier/ir";
import { findWebGpu, webHost, webRuntime } from "@espalier/runtime-web";

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly ms: number;
}

const offered = { webRuntime, webHost, findWebGpu, ownWorker, bytesOf, failure, floats };

export type Offered = typeof offered;

Object.assign(globalThis, { espalier: offered });

function ownWorker(): Worker {
  return new Worker(new URL("./own-worker.ts", import.meta.url), { type: "module" });
}

async function bytesOf(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

/** How `work` fails, and after what time; null when it does not. */
async function failure(work: () => Promise<unknown>): Promise<Failure | null> {
  const start = performance.now();
  try {
    await work();
    return null;
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    return { code: error.code, message: error.message, ms: performance.now() - start };
  }
}

function floats(dims: readonly number[], data: readonly number[]): Feeds[string] {
  return { dataType: 1, dims, data: Float32Array.from(data) };
}
