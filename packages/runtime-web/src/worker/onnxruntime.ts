// The engine as the worker sees it: each worker imports one of onnxruntime-web's entries and passes it on.

export type OnnxRuntime = typeof import("onnxruntime-common");

/** What differs between the workers. */
export interface Engine {
  readonly ort: OnnxRuntime;
  readonly executionProvider: "wasm" | "webgpu";
  /** Where the engine's files lie according to the bundler; used unless the page says otherwise. */
  readonly wasm: string;
  readonly mjs: string;
  /** Whether `mjs` must be named: some bundlers leave the engine no way to find itself for its threads. */
  readonly needsMjs: boolean;
}
