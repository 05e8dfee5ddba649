// The interpreters' own files: a script that Emscripten made, and the module that it loads.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { LITERT_BUILDS, TFJS_BUILD } from "../engine/build-names.js";
import { ENGINES, type TfliteEngineName } from "../engine/engine-name.js";

/** A build of an interpreter: `<name>.js` and `<name>.wasm` in its package. */
export interface EngineBuild {
  readonly engine: TfliteEngineName;
  readonly name: string;
  readonly threads: boolean;
}

/** The builds for machines without what the others need: relaxed SIMD in LiteRT.js, threads in tfjs-tflite. */
export const NODE_BUILDS: Readonly<Record<TfliteEngineName, EngineBuild>> = {
  litert: { engine: "litert", name: LITERT_BUILDS.plain, threads: false },
  tfjs: { engine: "tfjs", name: TFJS_BUILD, threads: false },
};

/** @throws Error where the package is not installed */
export function engineFolder(engine: TfliteEngineName): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve(`${ENGINES[engine].package}/package.json`)), "wasm");
}

/** The builds for a Chromium, which has relaxed SIMD. */
export function chromiumBuild(engine: TfliteEngineName, threads: boolean): EngineBuild {
  const names = {
    litert: [LITERT_BUILDS.relaxed, "litert_wasm_threaded_internal"],
    tfjs: [TFJS_BUILD, "tflite_web_api_cc_simd_threaded"],
  } as const;
  return { engine, name: names[engine][threads ? 1 : 0], threads };
}
