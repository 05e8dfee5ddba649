// Training for the pipeline of targets, which itself trains nothing: after a removal as the flags ask for it, or as the
// step of a plan says.

import type {
  CheckpointStore,
  FinetuneOptions,
  FinetuneStep,
  Retrain,
  RetrainJob,
  TrainedScores,
} from "@espalier/core";
import type { DataPlace } from "@espalier/data/node";
import type { InputCard } from "@espalier/interchange";
import { EspalierError } from "@espalier/ir";
import type { NamedFile } from "@espalier/report";
import { evaluate, evaluateSession, type History, type Scores } from "@espalier/train";
import type { CommandSession } from "../session.js";
import { labelledScores, testBatches } from "./batch-sources.js";
import { type FittedData, fitData } from "./fit-data.js";
import { learn } from "./learn.js";
import { requireClasses } from "./require-classes.js";
import { sayProgress } from "./say-progress.js";
import { sayAnswer, sayData } from "./say-warnings.js";
import { sayZeros } from "./say-zeros.js";
import { vocabularyFiles } from "./vocabulary-file.js";

/** What is asked for where no plan says it. */
export interface AskedTraining {
  readonly data: string;
  readonly samples: number | null;
  readonly batch: number | null;
  readonly settings: Omit<FinetuneOptions, "batch">;
  readonly distill: boolean;
}

export interface RetrainerOptions {
  readonly card: InputCard | null;
  /** Names of the network's classes, where something says them. */
  readonly classNames: readonly string[] | null;
  /** null where only plans are done again. */
  readonly asked: AskedTraining | null;
  readonly checkpoints: CheckpointStore | null;
  readonly place?: DataPlace;
}

export interface Retrainer extends Retrain {
  /** What belongs beside a network that was fed the data. */
  beside(): readonly NamedFile[];
}

/** @throws EspalierError see {@link Retrain} */
export function retrainer(run: CommandSession, options: RetrainerOptions): Retrainer {
  const { asked, checkpoints } = options;
  const { signal } = run;
  // The data of a step is read once: pruning, checking and counting ask for it in turn.
  let kept: { readonly step: FinetuneStep | null; readonly data: FittedData } | null = null;
  const dataOf = async (job: Omit<RetrainJob, "model">): Promise<FittedData> => {
    if (kept === null || kept.step !== job.step)
      kept = { step: job.step, data: await openData(run, options, job) };
    return kept.data;
  };
  return {
    beside: () => vocabularyFiles(kept?.data.vocabulary ?? null),
    train: async (job) => {
      const { host, runtime } = await run.engine();
      const data = await dataOf(job);
      const distillation = job.step === null ? (asked?.distill ?? false) : job.step.method === "distillation";
      const settings = settingsOf(job.step, asked);
      const used = { ...settings, batch: data.batch };
      sayAnswer(run, await requireClasses(job.model, data, { runtime, signal }), data);
      sayZeros(run, job.model);
      const { model, history } = await learn({
        ...{ model: job.model, teacher: distillation ? job.dense : null, data, options: used },
        ...{ runtime, host, checkpoints, signal },
        onProgress: sayProgress(run, used.epochs, () => host.now()),
      });
      run.progress.stop();
      const method = distillation ? "distillation" : "labels";
      return { model, method, options: used, data: data.digests, ...beforeAndAfter(history) };
    },
    evaluate: async (job) => {
      const { runtime } = await run.engine();
      const data = await dataOf(job);
      const { threads } = settingsOf(job.step, asked);
      const set = testBatches(data.test, { input: data.input, batch: data.testBatch });
      return scoresOf(
        await evaluate({ runtime, model: job.model, set, metric: labelledScores(), threads, signal }),
      );
    },
    judge: async (job) => {
      const { test, input, testBatch } = await dataOf(job);
      run.progress.phase("counting what the exported file says");
      const session = await job.runtime.loadUntrusted(job.artefact, { threads: 1, signal });
      try {
        // A file may be for one sample at a time where the network takes any number.
        const size = session.inputs.find(({ name }) => name === input)?.shape[0];
        const set = testBatches(test, { input, batch: typeof size === "number" ? size : testBatch });
        return scoresOf(await evaluateSession(session, { set, metric: labelledScores(), signal }));
      } finally {
        await session.dispose();
      }
    },
  };
}

/** The evaluations before the first step and after the last. */
export function beforeAndAfter({ evaluations }: History): {
  readonly before: TrainedScores;
  readonly after: TrainedScores;
} {
  const [before, after] = [evaluations[0], evaluations.at(-1)];
  if (before === undefined || after === undefined) throw new Error("the run evaluated nothing");
  return { before: scoresOf(before), after: scoresOf(after) };
}

function scoresOf({ loss, accuracy }: Scores): TrainedScores {
  if (accuracy === null) throw new Error("the metric counts no right predictions");
  return { loss, accuracy };
}

function settingsOf(step: FinetuneStep | null, asked: AskedTraining | null): Omit<FinetuneOptions, "batch"> {
  const settings = step?.options ?? asked?.settings;
  if (settings === undefined) throw new Error("nothing says how to train");
  return settings;
}

/** @throws EspalierError `DATA_MISMATCH` where a step was made with other samples; what {@link fitData} throws */
async function openData(
  run: CommandSession,
  { card, classNames, asked, place = {} }: RetrainerOptions,
  { dense, bindings, step }: Omit<RetrainJob, "model">,
): Promise<FittedData> {
  const { host } = await run.engine();
  const name = step?.data.name ?? asked?.data;
  if (name === undefined) throw new Error("nothing says what to train on");
  run.progress.phase(`reading ${name}`);
  const data = await fitData(
    dense,
    {
      ...{ name, card, classNames, dims: bindings },
      batch: step === null ? (asked?.batch ?? null) : step.options.batch,
      samples: step === null ? (asked?.samples ?? null) : step.data.count,
      place: { signal: run.signal, onProgress: run.progress.listener, ...place },
    },
    host,
  );
  sayData(run, data);
  if (step === null) return data;
  const { sha256, testSha256, count } = step.data;
  if (data.digests.sha256 === sha256 && data.digests.testSha256 === testSha256) return data;
  throw new EspalierError("DATA_MISMATCH", "The data set is not the one that the plan trained on", {
    where: name,
    expected: `${count} samples with digest ${sha256}, test samples with digest ${testSha256}`,
    found: `${data.digests.count} with digest ${data.digests.sha256}, test samples with digest ${data.digests.testSha256}`,
    unblock: "Give the same files (ESPALIER_DATA) and the same input card.",
  });
}
