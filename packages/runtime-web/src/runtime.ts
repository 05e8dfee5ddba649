// The Runtime of a page, on onnxruntime-web. Every model gets a dedicated worker, which is ended with it: the
// page stays responsive, and the memory comes back.

import { capabilitiesOf, pageFacts } from "./capabilities.js";
import { ONNXRUNTIME_VERSION, type WebEngine } from "./engine.js";
import { findWebGpu } from "./web-gpu.js";
import { startWorker } from "./worker/start-worker.js";
import type { WorkerLike } from "./worker/worker-like.js";
import { type WebRuntime, workerRuntime } from "./worker-runtime.js";

export interface WebRuntimeOptions {
  /**
   * What computes.
   *
   * @default "wasm"
   */
  readonly engine?: WebEngine;
  /**
   * Threads of sessions that do not say. More than one needs a page that is isolated from other origins.
   *
   * @default the number of cores, or 1 in a page that is not isolated
   */
  readonly threads?: number;
  /**
   * Where the engine's files lie: `ort-wasm-simd-threaded.wasm` and, where the engine cannot find itself for its
   * threads, `ort-wasm-simd-threaded.mjs` of onnxruntime-web (`….jspi.…` or `….asyncify.…` for WebGPU).
   * Relative URLs are resolved against the page.
   *
   * @default the copies that the bundler puts beside the worker, from the page's own origin
   */
  readonly assets?: { readonly wasm: string | URL; readonly mjs?: string | URL };
  /**
   * Makes the workers, where the bundler cannot: one of `@espalier/runtime-web/wasm-worker`,
   * `…/webgpu-jspi-worker` and `…/webgpu-asyncify-worker`, to match the engine.
   */
  readonly worker?: () => WorkerLike;
}

/**
 * A Runtime on onnxruntime-web, for pages and workers. Nothing is loaded before it is used.
 *
 * @throws EspalierError on first use: `UNAVAILABLE` where the engine does not load, naming the file
 */
export function webRuntime(options: WebRuntimeOptions = {}): WebRuntime {
  const { engine = "wasm", assets } = options;
  return workerRuntime({
    name: `onnxruntime-web ${ONNXRUNTIME_VERSION} ${engine}`,
    capabilities: capabilitiesOf(engine, pageFacts(), options.threads),
    startWorker: options.worker ?? (() => startWorker(engine)),
    findWebGpu,
    assets: { wasm: absolute(assets?.wasm), mjs: absolute(assets?.mjs) },
  });
}

function absolute(url: string | URL | undefined): string | null {
  return url === undefined ? null : new URL(url, globalThis.location?.href).href;
}
