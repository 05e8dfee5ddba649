// Serves an interpreter whose files lie in the folder of this worker's script, as `engineSite` writes them.

import { serve, watchMemory } from "@espalier/runtime-web";
import type { TfliteEngine } from "../engine/engine.js";
import { type WorkerEngineOptions, workerEngine } from "./worker-engine.js";

/**
 * @param script address of the worker's script
 * @param build name of the interpreter's build
 */
export function serveEngine(script: string, build: string, open: (module: never) => TfliteEngine): void {
  // Not `new URL(name, import.meta.url)`: bundlers take that for a file they have to find.
  const folder = script.replace(/[^/]*$/, "");
  const factory: WorkerEngineOptions["factory"] = async (settings) => {
    const loaded: { default: WorkerEngineOptions["factory"] } = await import(
      /* @vite-ignore */ /* webpackIgnore: true */ `${folder}${build}.js`
    );
    return loaded.default(settings);
  };
  serve(
    workerEngine({
      factory,
      open: (module) => open(module as never),
      folder,
      script: `${folder}${build}.js`,
      watchMemory,
    }),
  );
}
