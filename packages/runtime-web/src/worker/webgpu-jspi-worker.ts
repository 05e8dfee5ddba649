// The worker that computes with WebGPU, where WebAssembly can wait for promises (JSPI): the smaller build. An entry of its own: see start-worker.ts.

import * as ort from "onnxruntime-web/jspi";
import { onnxEngine } from "./onnx-engine.js";
import { serve } from "./serve.js";

serve(
  onnxEngine({
    ort,
    executionProvider: "webgpu",
    wasm: new URL("onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm", import.meta.url).href,
    mjs: new URL("onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs", import.meta.url).href,
    needsMjs: import.meta.url.startsWith("file:"), // webpack writes the place of the source here
  }),
);
