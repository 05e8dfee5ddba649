// Starts the worker of an engine in the form that bundlers recognise. Only the worker imports the engine, so
// a page loads the engine it asks for, and nothing before it asks.

import type { WebEngine } from "../engine.js";
import type { WorkerLike } from "./worker-like.js";

/** A new dedicated module worker for `engine`. */
export function startWorker(engine: WebEngine): WorkerLike {
  if (engine === "wasm") return new Worker(new URL("./wasm-worker.js", import.meta.url), { type: "module" });
  return "Suspending" in WebAssembly
    ? new Worker(new URL("./webgpu-jspi-worker.js", import.meta.url), { type: "module" })
    : new Worker(new URL("./webgpu-asyncify-worker.js", import.meta.url), { type: "module" });
}
