// Which ONNX file of a folder transformers.js opens when nobody tells it: the table of its `src/utils/dtypes.js`
// and `src/models/session.js` (4.3.1). The name is `<base><suffix>.onnx` below `onnx/`; the suffix follows the
// dtype, and the dtype, unless config.json says one, follows the device.

/** dtype → suffix of the file's name. */
export const DTYPE_SUFFIXES: Readonly<Record<string, string>> = {
  fp32: "",
  fp16: "_fp16",
  int8: "_int8",
  uint8: "_uint8",
  q8: "_quantized",
  q4: "_q4",
  q2: "_q2",
  q1: "_q1",
  q4f16: "_q4f16",
  q2f16: "_q2f16",
  q1f16: "_q1f16",
  bnb4: "_bnb4",
};

/** Devices that are taken when neither the caller nor config.json names one: in a page, and under Node. */
export const DEFAULT_DEVICES = ["wasm", "cpu"] as const;

/** dtype that a device is given when nothing names one. */
export function defaultDtype(device: string): string {
  return device === "wasm" ? "q8" : "fp32";
}

export interface ModelFileName {
  /** `model`, `encoder_model`, `decoder_model_merged`, … */
  readonly base: string;
  readonly dtype: string;
}

/** `model_fp16.onnx` → model, fp16. null for a name that does not end in `.onnx`. */
export function parseModelFileName(name: string): ModelFileName | null {
  if (!name.endsWith(".onnx") || name === ".onnx") return null;
  const stem = name.slice(0, -".onnx".length);
  // Longest first: `_q4f16` before `_q4`.
  const known = Object.entries(DTYPE_SUFFIXES).sort(([, a], [, b]) => b.length - a.length);
  for (const [dtype, suffix] of known) {
    if (stem.endsWith(suffix) && stem.length > suffix.length)
      return { base: stem.slice(0, stem.length - suffix.length), dtype };
  }
  return { base: stem, dtype: "fp32" };
}
