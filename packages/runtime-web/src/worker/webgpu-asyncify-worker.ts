// The worker that computes with WebGPU in every browser that has it: the larger build. An entry of its own: see start-worker.ts.

import * as ort from "onnxruntime-web/webgpu";
import { onnxEngine } from "./onnx-engine.js";
import { serve } from "./serve.js";

serve(
  onnxEngine({
    ort,
    executionProvider: "webgpu",
    wasm: new URL("onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm", import.meta.url).href,
    mjs: new URL("onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs", import.meta.url).href,
    needsMjs: import.meta.url.startsWith("file:"), // webpack writes the place of the source here
  }),
);
