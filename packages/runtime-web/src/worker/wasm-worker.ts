// The worker that computes with WebAssembly. An entry of its own: see start-worker.ts.

import * as ort from "onnxruntime-web/wasm";
import { onnxEngine } from "./onnx-engine.js";
import { serve } from "./serve.js";

serve(
  onnxEngine({
    ort,
    executionProvider: "wasm",
    wasm: new URL("onnxruntime-web/ort-wasm-simd-threaded.wasm", import.meta.url).href,
    mjs: new URL("onnxruntime-web/ort-wasm-simd-threaded.mjs", import.meta.url).href,
    needsMjs: import.meta.url.startsWith("file:"), // webpack writes the place of the source here
  }),
);
