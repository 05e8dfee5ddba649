// Times files one after another in one worker of a page.

import type { TfliteTimer } from "@espalier/core";
import { ModelWorker, type ModelWorkerOptions, timedWorker } from "@espalier/runtime-web";
import { readTflite } from "@espalier/tflite";
import { portsOf } from "../model-ports.js";
import { loadFile, packFeeds } from "./worker-session.js";

const DEADLINE_MS = 60_000;
/** Once, for the engine. */
const ENGINE_WARM_UP = { ms: 1000, runs: null };
const FILE_WARM_UP = { ms: 10, runs: 3 };

/**
 * The worker starts with the first file, and anew after one that ended it.
 *
 * @param options of a worker for this file
 */
export function openWorkerTimer(options: (model: Uint8Array) => ModelWorkerOptions): TfliteTimer {
  let open: ModelWorker | null = null;
  const close = async (): Promise<void> => {
    open?.close();
    open = null;
  };
  return {
    async load(model, feeds) {
      const ports = portsOf(readTflite(model));
      const warmUp = open === null ? ENGINE_WARM_UP : FILE_WARM_UP;
      const own = options(model);
      open ??= await ModelWorker.start(own);
      const worker = open;
      try {
        await loadFile(worker, model, ports, own.settings);
        const { runsPerSample, time } = await timedWorker(
          worker,
          () => packFeeds(ports, feeds),
          async () => {}, // it is ended below
          warmUp,
        );
        const samples = (runs: number): number => Math.ceil(runs / runsPerSample);
        return (untimed, runs) =>
          time({ untimed: samples(untimed), samples: samples(runs), runsPerSample }, DEADLINE_MS);
      } catch (error) {
        await close();
        throw error;
      }
    },
    dispose: close,
  };
}
