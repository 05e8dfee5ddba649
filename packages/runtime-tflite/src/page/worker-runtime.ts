// A TfliteRuntime on workers, wherever they are: those of this page (page-runtime.ts) or of a browser that is driven from
// Node (../node/chromium-runtime.ts).

import {
  type LatencyRequest,
  type LatencyStatistics,
  measureSideBySide,
  type TfliteLoadOptions,
  type TfliteRuntime,
  type TimedModel,
  type Unavailable,
} from "@espalier/core";
import { type ModelWorkerOptions, timedWorker, type WorkerLike } from "@espalier/runtime-web";
import { DATA_TYPES_OF } from "../engine/data-types.js";
import type { TfliteEngineName } from "../engine/engine-name.js";
import { defaultMemoryBytes } from "../memory-default.js";
import { openWorkerSession } from "./worker-session.js";
import { openWorkerTimer } from "./worker-timer.js";

const TIMEOUT_MS = 30_000;

export interface WorkerRuntimeOptions {
  readonly name: string;
  readonly engine: TfliteEngineName;
  /** As many as sessions have at most. */
  readonly threads: number;
  /** A worker that computes with the engine. */
  startWorker(): WorkerLike;
  close(): Promise<void>;
}

export function workerRuntime({
  name,
  engine,
  threads,
  startWorker,
  close,
}: WorkerRuntimeOptions): TfliteRuntime {
  const worker = (bytes: Uint8Array, load: TfliteLoadOptions): ModelWorkerOptions => ({
    startWorker,
    settings: {
      threads: Math.min(load.threads ?? threads, threads),
      memoryBytes: load.memoryBytes ?? defaultMemoryBytes(bytes),
      wasm: null,
      mjs: null,
    },
    timeoutMs: load.timeoutMs ?? TIMEOUT_MS,
    signal: load.signal,
  });
  return {
    name,
    capabilities: { engine: "wasm", threads, dataTypes: DATA_TYPES_OF[engine] },
    load: (model, load = {}) => openWorkerSession(model, worker(model, load)),
    async measureFootprint(model, feeds, load = {}) {
      const session = await openWorkerSession(model, worker(model, load));
      try {
        await session.run(feeds);
        const { header } = await session.worker.request("memory", { type: "memory" });
        return { loadMs: session.loadMs, peakBytes: header.memoryBytes };
      } finally {
        await session.dispose();
      }
    },
    async measureLatency(request): Promise<Readonly<Record<string, LatencyStatistics>> | Unavailable> {
      if (request.threads > threads) return tooManyThreads(request.threads);
      return measureSideBySide(request, name, ({ bytes }) =>
        openTimedModel(bytes, request, worker(bytes, timedLoad(request))),
      );
    },
    openTimer: async (options) =>
      options.threads > threads
        ? tooManyThreads(options.threads)
        : openWorkerTimer((model) => worker(model, options)),
    close,
  };
}

function tooManyThreads(asked: number): Unavailable {
  return {
    unavailable: "UNAVAILABLE",
    unblock: `${asked} threads were asked for: open the runtime with as many.`,
  };
}

function timedLoad({ threads, signal }: LatencyRequest): TfliteLoadOptions {
  return { threads, ...(signal === undefined ? {} : { signal }) };
}

async function openTimedModel(
  bytes: Uint8Array,
  { feeds }: LatencyRequest,
  options: ModelWorkerOptions,
): Promise<TimedModel> {
  const session = await openWorkerSession(bytes, options);
  return timedWorker(
    session.worker,
    () => session.pack(feeds),
    () => session.dispose(),
  );
}
