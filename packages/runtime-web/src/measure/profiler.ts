// Times models one after another in one worker: kernel by kernel with ONNX Runtime's own profiler, then whole runs
// without it, in the same session. The kernels are the engine's, so once warm they stay so from model to model.

import {
  type Feeds,
  type ModelBytes,
  type ModelProfile,
  type Profiler,
  type ProfilerOptions,
  quantile,
} from "@espalier/core";
import { interquartileMean, summariseTrace } from "@espalier/core/engine";
import { ModelWorker, type ModelWorkerOptions } from "../worker/model-worker.js";
import { loadModel, packFeeds } from "../worker/worker-session.js";

const DEFAULT_BUDGET_MS = 500;
/** Once, for the engine. */
const ENGINE_WARM_UP = { ms: 1000, runs: null };
const MODEL_WARM_UP_RUNS = 3;
const FEWEST_SAMPLES = 5;
const MOST_SAMPLES = 60;

/**
 * Opens a profiler; its worker starts with the first model.
 *
 * @param canProfile whether kernels can be timed here; else only whole runs are
 */
export function openProfiler(
  { budgetMs = DEFAULT_BUDGET_MS }: Pick<ProfilerOptions, "budgetMs">,
  options: (model: ModelBytes) => ModelWorkerOptions,
  canProfile: boolean,
): Profiler {
  let worker: ModelWorker | null = null;
  return {
    async profile(model: ModelBytes, feeds: Feeds): Promise<ModelProfile> {
      if (worker === null) {
        worker = await ModelWorker.start(options(model));
        await loadModel(worker, model, {});
        await prepare(worker, feeds, ENGINE_WARM_UP);
      }
      await loadModel(worker, model, { profile: canProfile });
      await prepare(worker, feeds, { ms: budgetMs / 4, runs: MODEL_WARM_UP_RUNS });
      const nodes = canProfile ? await profileNodes(worker, budgetMs / 2) : null;
      return { nodes, runMs: await wholeRuns(worker, budgetMs / 2) };
    },
    async dispose() {
      worker?.close();
    },
  };
}

async function prepare(
  worker: ModelWorker,
  feeds: Feeds,
  warmUp: { readonly ms: number; readonly runs: number | null },
): Promise<void> {
  const { tensors, arrays } = packFeeds(feeds);
  await worker.request("prepared", { type: "prepare", tensors, warmUp }, arrays);
}

async function profileNodes(worker: ModelWorker, budgetMs: number): Promise<ModelProfile["nodes"]> {
  const [runMs = 1] = await time(worker, 1, 1);
  await time(worker, samplesIn(budgetMs, runMs), 1);
  const { header } = await worker.request("profiled", { type: "profile" });
  return header.trace === null ? null : summariseTrace(header.trace, interquartileMean);
}

/** Milliseconds of a run that nothing else on the machine has interrupted. */
async function wholeRuns(worker: ModelWorker, budgetMs: number): Promise<number> {
  const { header } = await worker.request("calibrated", { type: "calibrate" });
  const { runsPerSample } = header;
  const [runMs = 1] = await time(worker, 1, runsPerSample);
  return quantile(await time(worker, samplesIn(budgetMs, runMs * runsPerSample), runsPerSample), 0.1);
}

function samplesIn(budgetMs: number, sampleMs: number): number {
  return Math.round(Math.min(MOST_SAMPLES, Math.max(FEWEST_SAMPLES, budgetMs / sampleMs)));
}

async function time(worker: ModelWorker, samples: number, runsPerSample: number): Promise<number[]> {
  const { arrays } = await worker.request("timed", { type: "time", untimed: 0, samples, runsPerSample });
  return Array.from(arrays[0] as Float64Array);
}
