// What a page that computes with onnxruntime-web is served.

import { join } from "node:path";
import type { WorkerPaths } from "./driven-page.js";
import { ENGINE_FILES, type EngineBuild, engineFolder } from "./engine-files.js";
import type { PageContents } from "./page-site.js";

/** The script that starts a worker on `build`, and the build itself. */
export function workerPaths(build: EngineBuild): WorkerPaths {
  return { script: `${build}-worker.js`, wasm: `ort/${ENGINE_FILES[build].wasm}` };
}

export function onnxPage(): PageContents {
  const files = new Map<string, string>();
  const modules = new Map<string, string>();
  for (const build of Object.keys(ENGINE_FILES) as EngineBuild[]) {
    const { script, wasm, mjs } = ENGINE_FILES[build];
    for (const name of [script, mjs, wasm]) files.set(`ort/${name}`, join(engineFolder(), name));
    modules.set(workerPaths(build).script, workerSource(build));
  }
  return { files, modules, evaluates: false };
}

/** What a bundler makes of worker/…-worker.ts. */
function workerSource(build: EngineBuild): string {
  const { script, wasm, mjs } = ENGINE_FILES[build];
  return `import * as ort from "./ort/${script}";
import { onnxEngine } from "./dist/worker/onnx-engine.js";
import { serve } from "./dist/worker/serve.js";
serve(onnxEngine({
  ort,
  executionProvider: "${build === "wasm" ? "wasm" : "webgpu"}",
  wasm: new URL("./ort/${wasm}", import.meta.url).href,
  mjs: new URL("./ort/${mjs}", import.meta.url).href,
  needsMjs: false,
}));
`;
}
