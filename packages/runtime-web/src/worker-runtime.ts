// A Runtime on workers, wherever they are: those of this page (runtime.ts) or of a browser that is driven from
// Node (node/chromium-runtime.ts).

import {
  type Feeds,
  isUnavailable,
  type LatencyStatistics,
  type LoadOptions,
  type ModelBytes,
  type Profiler,
  type ProfilerOptions,
  type RunLimits,
  type Runtime,
  type Session,
  type Unavailable,
} from "@espalier/core";
import type { WebRuntimeCapabilities } from "./capabilities.js";
import { measureFootprint, type WebFootprint } from "./measure/footprint.js";
import { measureLatency } from "./measure/latency.js";
import { openProfiler } from "./measure/profiler.js";
import type { WebGpuAdapter } from "./web-gpu.js";
import type { ModelWorkerOptions } from "./worker/model-worker.js";
import type { WorkerLike } from "./worker/worker-like.js";
import { openWorkerSession } from "./worker/worker-session.js";

const MIB = 1024 * 1024;
const UNTRUSTED_TIMEOUT_MS = 30_000;
const MEASURED_TIMEOUT_MS = 30_000;
const PROFILED_TIMEOUT_MS = 60_000;
const SOFTWARE_ADAPTER =
  "The WebGPU adapter computes on the CPU: its times say nothing about a graphics card. Measure on a machine that has one.";

export interface WebRuntime extends Runtime {
  readonly capabilities: WebRuntimeCapabilities;
  measureFootprint(
    model: Uint8Array | ModelBytes,
    feeds: Feeds,
    options?: RunLimits & { readonly signal?: AbortSignal },
  ): Promise<WebFootprint | Unavailable>;
}

export interface WorkerRuntimeOptions {
  readonly name: string;
  readonly capabilities: WebRuntimeCapabilities;
  readonly startWorker: () => WorkerLike;
  /** Absolute URLs of the engine's files; null takes those the worker was built with. */
  readonly assets: { readonly wasm: string | null; readonly mjs: string | null };
  /** The adapter that the engine "webgpu" computes on. */
  readonly findWebGpu: () => Promise<WebGpuAdapter | Unavailable>;
}

export function workerRuntime({
  name,
  capabilities,
  startWorker,
  assets,
  findWebGpu,
}: WorkerRuntimeOptions): WebRuntime {
  const workerOptions = (
    load: LoadOptions & RunLimits,
    timeoutMs: number | null,
    memoryBytes: number | null,
  ): ModelWorkerOptions => ({
    startWorker,
    settings: {
      threads: Math.min(load.threads ?? capabilities.threads, capabilities.threads),
      memoryBytes: load.memoryBytes ?? memoryBytes,
      ...assets,
    },
    timeoutMs: load.timeoutMs ?? timeoutMs,
    signal: load.signal,
  });
  /**
   * The clock of a page that is not isolated is too coarse for nodes, and what the profiler times on a graphics
   * card is the sending of work.
   */
  const canProfile = capabilities.engine === "wasm" && capabilities.crossOriginIsolated;
  const open = (model: ModelBytes, load: LoadOptions, options: ModelWorkerOptions) =>
    openWorkerSession(model, { ...load, profile: load.profile === true && canProfile }, options);
  const whyNotMeasured = async (threads: number): Promise<Unavailable | null> => {
    if (threads > capabilities.threads) {
      return {
        unavailable: "UNAVAILABLE",
        unblock: `${threads} threads were asked for, ${capabilities.threads} can be had: ${capabilities.threadsNote ?? "the option threads says so"}.`,
      };
    }
    const software = capabilities.engine === "webgpu" && isSoftware(await findWebGpu());
    return software ? { unavailable: "UNAVAILABLE", unblock: SOFTWARE_ADAPTER } : null;
  };
  return {
    name,
    capabilities,
    async load(model: Uint8Array | ModelBytes, load: LoadOptions = {}): Promise<Session> {
      return open(modelBytes(model), load, workerOptions(load, null, null));
    },
    async loadUntrusted(
      model: Uint8Array | ModelBytes,
      load: LoadOptions & RunLimits = {},
    ): Promise<Session> {
      const options = workerOptions(load, UNTRUSTED_TIMEOUT_MS, memoryCeiling(modelBytes(model)));
      return open(modelBytes(model), load, options);
    },
    async measureFootprint(model, feeds, options = {}) {
      const worker = workerOptions({ ...options, threads: 1 }, MEASURED_TIMEOUT_MS, null);
      return measureFootprint(modelBytes(model), feeds, worker);
    },
    async openProfiler(options: ProfilerOptions): Promise<Profiler | Unavailable> {
      const unavailable = await whyNotMeasured(options.threads);
      if (unavailable !== null) return unavailable;
      const worker = (model: ModelBytes) => workerOptions(options, PROFILED_TIMEOUT_MS, memoryCeiling(model));
      return openProfiler(options, worker, canProfile);
    },
    async measureLatency(request): Promise<Readonly<Record<string, LatencyStatistics>> | Unavailable> {
      const unavailable = await whyNotMeasured(request.threads);
      if (unavailable !== null) return unavailable;
      return measureLatency(request, name, workerOptions(request, MEASURED_TIMEOUT_MS, null));
    },
  };
}

/** Three times the model, for its bytes, their decoded form and the prepared weights, and 2 GiB to compute. */
function memoryCeiling(model: ModelBytes): number {
  const external = Object.values(model.external ?? {}).reduce((sum, bytes) => sum + bytes.byteLength, 0);
  return 3 * (model.bytes.byteLength + external) + 2048 * MIB;
}

function isSoftware(adapter: WebGpuAdapter | Unavailable): boolean {
  return !isUnavailable(adapter) && adapter.software;
}

function modelBytes(model: Uint8Array | ModelBytes): ModelBytes {
  return model instanceof Uint8Array ? { bytes: model } : model;
}
