// Builds of the interpreters with one thread: `<name>.js` and `<name>.wasm` in their packages.

/** LiteRT.js: `relaxed` needs relaxed SIMD, which Node 20 and some browsers lack. */
export const LITERT_BUILDS = {
  relaxed: "litert_wasm_internal",
  plain: "litert_wasm_compat_internal",
} as const;

/** tfjs-tflite, for machines with SIMD. */
export const TFJS_BUILD = "tflite_web_api_cc_simd";
