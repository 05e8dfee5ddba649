// The engines of onnxruntime-web that Espalier uses, and its version.

/** `wasm` computes on the CPU; `webgpu` on the graphics card, with WebAssembly for what it lacks. */
export type WebEngine = "wasm" | "webgpu";

/** The version that the package pins. */
export const ONNXRUNTIME_VERSION = "1.30.0";
