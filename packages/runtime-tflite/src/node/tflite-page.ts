// What a page that computes with a TFLite interpreter is served: the interpreter's own files, its script once more as a
// module, and this package's part of the worker.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PageContents, WorkerPaths } from "@espalier/runtime-web/node";
import { type EngineBuild, engineFolder } from "./engine-files.js";
import { asModule } from "./script-as-module.js";

const OPENERS = {
  litert: { file: "lite-rt", name: "liteRtEngine" },
  tfjs: { file: "tfjs-tflite", name: "tfjsTfliteEngine" },
} as const;

/** Of this package, what the worker loads. */
const MODULES = [
  "worker/worker-engine",
  "engine/engine",
  "engine/engine-log",
  "engine/guarded-engine",
  "engine/memory-ceiling",
  "engine/lite-rt",
  "engine/tfjs-tflite",
];

export function workerPaths({ name }: EngineBuild): WorkerPaths {
  return { script: "tflite-worker.js", wasm: `wasm/${name}.wasm` };
}

/** @throws Error where the interpreter's package is not installed */
export function tflitePage(build: EngineBuild): PageContents {
  const folder = engineFolder(build.engine);
  const files = new Map(MODULES.map((path) => [`tflite/${path}.js`, join(distFolder(), `${path}.js`)]));
  for (const extension of ["js", "wasm", ...(build.threads ? ["worker.js"] : [])]) {
    files.set(`wasm/${build.name}.${extension}`, join(folder, `${build.name}.${extension}`));
  }
  const script = readFileSync(join(folder, `${build.name}.js`), "utf8");
  const modules = new Map([
    ["wasm/factory.js", asModule(script)],
    [workerPaths(build).script, workerSource(build)],
  ]);
  // tfjs-tflite writes the functions that call into its module.
  return { files, modules, evaluates: build.engine === "tfjs" };
}

function workerSource({ engine, name }: EngineBuild): string {
  const opener = OPENERS[engine];
  return `import factory from "./wasm/factory.js";
import { watchMemory } from "./dist/worker/linear-memory.js";
import { serve } from "./dist/worker/serve.js";
import { ${opener.name} } from "./tflite/engine/${opener.file}.js";
import { workerEngine } from "./tflite/worker/worker-engine.js";
serve(workerEngine({
  factory,
  open: ${opener.name},
  folder: new URL("./wasm/", import.meta.url).href,
  script: new URL("./wasm/${name}.js", import.meta.url).href,
  watchMemory,
}));
`;
}

/** This package's build, also where this module runs from its source. */
function distFolder(): string {
  return fileURLToPath(new URL("../../dist/", import.meta.url));
}
