// What a page fetches beside its model.

import type { Evidence } from "@espalier/core";

/** The runtime's script and wasm, as they travel: brotli at quality 9. */
export const RUNTIME_DOWNLOAD: Evidence = {
  quantity: "download of the runtime",
  value: 2_710_000,
  unit: "bytes, brotli",
  source: "measured",
  reference: "onnxruntime-web 1.30.0, entry /wasm: ort.wasm.bundle.min.mjs and ort-wasm-simd-threaded.wasm",
};
