// The interpreters that Espalier runs, and their versions.

/** `litert` is LiteRT.js; `tfjs` is @tensorflow/tfjs-tflite, which is older and no longer kept up. */
export type TfliteEngineName = "litert" | "tfjs";

export const ENGINES: Readonly<
  Record<TfliteEngineName, { readonly title: string; readonly package: string; readonly version: string }>
> = {
  litert: { title: "LiteRT.js", package: "@litertjs/core", version: "2.5.3" },
  tfjs: { title: "tfjs-tflite", package: "@tensorflow/tfjs-tflite", version: "0.0.1-alpha.10" },
};
