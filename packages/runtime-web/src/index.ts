// The runtime

export type { WebRuntimeCapabilities } from "./capabilities.js";
export { ONNXRUNTIME_VERSION, type WebEngine } from "./engine.js";
export { type WebRuntimeOptions, webRuntime } from "./runtime.js";
export { findWebGpu, type WebGpuAdapter } from "./web-gpu.js";
export type { WebRuntime } from "./worker-runtime.js";

// The host

export { webHost } from "./host.js";

// Measuring

export type { WebFootprint } from "./measure/footprint.js";
export { timedWorker } from "./measure/timed-worker.js";

// Workers

export type { PackedTensors, WorkerEngine, WorkerModel } from "./worker/engine.js";
export { watchMemory } from "./worker/linear-memory.js";
export type {
  AssetFailure,
  EngineSettings,
  FailureReply,
  Message,
  MessageArray,
  PortHeader,
  Reply,
  Request,
  SessionSettings,
  TensorHeader,
  WarmUp,
} from "./worker/messages.js";
export { ModelWorker, type ModelWorkerOptions } from "./worker/model-worker.js";
export { serve } from "./worker/serve.js";
export type { WorkerLike } from "./worker/worker-like.js";
