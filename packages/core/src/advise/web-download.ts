// What a smaller model does for the wait before the first answer in a browser.

import type { Advice } from "./advice.js";

/** onnxruntime-web's wasm entry at brotli 9: the wasm and its script. */
export const RUNTIME_DOWNLOAD_BYTES = 2_710_000;

/** @param modelBytes the model as it is downloaded, compressed */
export function adviseDownload(modelBytes: number, runtimeBytes: number = RUNTIME_DOWNLOAD_BYTES): Advice {
  const share = modelBytes / (modelBytes + runtimeBytes);
  const pays = share >= 0.5;
  return {
    target: "web",
    granularity: "channel",
    pays: pays ? "yes" : "little",
    code: pays ? "DOWNLOAD_IS_MODEL" : "DOWNLOAD_IS_RUNTIME",
    sentence: `The model is ${Math.round(100 * share)} % of the download: half of it gone makes the wait ${(1 / (1 - share / 2)).toFixed(1)} × shorter.`,
    evidence: [
      {
        quantity: "download of the runtime",
        value: runtimeBytes,
        unit: "bytes, brotli",
        source: "cited",
        reference: "onnxruntime-web 1.30.0, entry /wasm, brotli 9",
      },
    ],
  };
}
