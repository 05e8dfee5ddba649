// A TfliteRuntime of a page: every model gets a dedicated worker, which is ended with it.

import type { TfliteRuntime } from "@espalier/core";
import type { WorkerLike } from "@espalier/runtime-web";
import { ENGINES, type TfliteEngineName } from "../engine/engine-name.js";
import { workerRuntime } from "./worker-runtime.js";

export interface PageTfliteOptions {
  readonly engine: TfliteEngineName;
  /**
   * Starts the engine's worker: `@espalier/runtime-tflite/litert-worker` or `…/tfjs-worker`, with the engine's files
   * (`engineSite` of `@espalier/runtime-tflite/node`) in the folder of its script. That of tfjs-tflite makes functions from
   * text, so the policy of its script has to allow `'unsafe-eval'`.
   */
  readonly worker: () => WorkerLike;
}

/**
 * A TFLite interpreter in this page or worker, on one thread. Nothing is loaded before it is used.
 *
 * @throws EspalierError on first use: `UNAVAILABLE` where the worker or the engine does not load
 */
export function pageTfliteRuntime({ engine, worker }: PageTfliteOptions): TfliteRuntime {
  const { title, version } = ENGINES[engine];
  return workerRuntime({
    name: `${title} ${version}`,
    engine,
    threads: 1,
    startWorker: worker,
    close: async () => {},
  });
}
