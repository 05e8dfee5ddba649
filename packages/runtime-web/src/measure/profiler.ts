// Times models one after another in one worker: kernel by kernel with ONNX Runtime's own profiler, then whole runs
// without it, in the same session, in turns with a reference that stays in a worker of its own. The kernels are the
// engine's, so once warm they stay so from model to model.

import {
  type Feeds,
  type ModelBytes,
  type ModelProfile,
  type Profiler,
  type ProfilerOptions,
  type TimedRuns,
  type TimeRuns,
  takeTurns,
} from "@espalier/core";
import { interquartileMean, summariseTrace } from "@espalier/core/engine";
import { ModelWorker, type ModelWorkerOptions } from "../worker/model-worker.js";
import { loadModel, packFeeds } from "../worker/worker-session.js";

const DEFAULT_BUDGET_MS = 500;
/** Once, for the engine. */
const ENGINE_WARM_UP = { ms: 1000, runs: null };
const MODEL_WARM_UP_RUNS = 3;

/**
 * Opens a profiler; its worker starts with the first model.
 *
 * @param canProfile whether kernels can be timed here; else only whole runs are
 */
export function openProfiler(
  { budgetMs = DEFAULT_BUDGET_MS, reference }: Pick<ProfilerOptions, "budgetMs" | "reference">,
  options: (model: ModelBytes) => ModelWorkerOptions,
  canProfile: boolean,
): Profiler {
  let worker: ModelWorker | null = null;
  let beside: ModelWorker | null = null;
  const start = async (model: ModelBytes, feeds: Feeds): Promise<ModelWorker> => {
    const started = await ModelWorker.start(options(model));
    await loadModel(started, model, {});
    await prepare(started, feeds, ENGINE_WARM_UP);
    return started;
  };
  return {
    async profile(model: ModelBytes, feeds: Feeds): Promise<ModelProfile> {
      if (reference !== undefined) beside ??= await start(reference.model, reference.feeds);
      worker ??= await start(model, feeds);
      await loadModel(worker, model, { profile: canProfile });
      await prepare(worker, feeds, { ms: budgetMs / 4, runs: MODEL_WARM_UP_RUNS });
      const other = beside === null ? null : await wholeRuns(beside);
      const profiled = canProfile ? await profileNodes(worker, other, budgetMs / 2) : null;
      const runs = await takeTurns(await wholeRuns(worker), other, budgetMs / 2);
      return { nodes: profiled?.nodes ?? null, profiled: profiled?.runs ?? null, ...runs };
    },
    async dispose() {
      worker?.close();
      beside?.close();
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

interface ProfiledRuns {
  readonly nodes: ModelProfile["nodes"];
  readonly runs: TimedRuns;
}

async function profileNodes(
  worker: ModelWorker,
  other: TimeRuns | null,
  budgetMs: number,
): Promise<ProfiledRuns> {
  const runs = await takeTurns((untimed, some) => time(worker, untimed, some, 1), other, budgetMs);
  const { header } = await worker.request("profiled", { type: "profile" });
  return { nodes: header.trace === null ? null : summariseTrace(header.trace, interquartileMean), runs };
}

/** Whole runs, as many in a sample as the clock needs to resolve it. */
async function wholeRuns(worker: ModelWorker): Promise<TimeRuns> {
  const { header } = await worker.request("calibrated", { type: "calibrate" });
  const { runsPerSample } = header;
  const samples = (runs: number): number => Math.ceil(runs / runsPerSample);
  return (untimed, runs) => time(worker, samples(untimed), samples(runs), runsPerSample);
}

async function time(
  worker: ModelWorker,
  untimed: number,
  samples: number,
  runsPerSample: number,
): Promise<number[]> {
  const { arrays } = await worker.request("timed", { type: "time", untimed, samples, runsPerSample });
  return Array.from(arrays[0] as Float64Array);
}
