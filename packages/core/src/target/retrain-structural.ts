// The training of a pruned network: asked for, or a plan's done again.

import { EspalierError, type Model } from "@espalier/ir";
import { digestWeights } from "../calibration/digest.js";
import { type FinetuneStep, finetuneStep, type PruningPlan } from "../plan/plan.js";
import { trainingDataMissing } from "../plan/removal.js";
import type { AccuracyRecord, TrainingEntry } from "../receipt/receipt.js";
import { graftTrained } from "../reconstruct/graft-trained.js";
import type { Host } from "../runtime.js";
import type { Retrain, Retrained, RetrainJob } from "./retrain.js";
import type { TargetRunOptions } from "./run-options.js";
import type { Subject } from "./subject.js";

export interface TrainedModel {
  readonly model: Model;
  /** The plan with its training as it came out. */
  readonly plan: PruningPlan;
  /** null where nothing was trained. */
  readonly entry: TrainingEntry | null;
  readonly accuracy: AccuracyRecord | null;
}

/** Largest difference of accuracies at which two trainings are called the same: kernels of other machines sum in another order. */
const REPLAY_TOLERANCE = 0.02;

/**
 * Trains `start` as `options.retrain` does, or as the plan says; without either, all stays as it is.
 *
 * @param sliced the network after removal alone
 * @param start the same with its weights recovered
 * @param asked the plan as it was made or handed over
 * @param plan the plan with all steps before the training
 * @throws EspalierError `DATA_MISSING` where a plan trains and nothing that could is at hand; `MISMATCH` where replaying
 *   gave another accuracy than the plan says; what {@link Retrain} throws
 */
export async function retrainStructural(
  subject: Subject,
  { sliced, start }: { readonly sliced: Model; readonly start: Model },
  asked: PruningPlan,
  plan: PruningPlan,
  options: TargetRunOptions,
): Promise<TrainedModel> {
  const step = finetuneStep(asked.steps);
  const { retrain, host, signal, onProgress } = options;
  if (retrain == null) {
    if (step !== null) throw trainingDataMissing(step.data, "nothing that trains");
    return { model: start, plan, entry: null, accuracy: null };
  }
  const job: Omit<RetrainJob, "model"> = {
    ...{ dense: subject.model, bindings: asked.bindings, seed: asked.seed, step },
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  const trained = await retrain.train({ ...job, model: start });
  const model = graftTrained(start, trained.model);
  const done = await stepOf(trained, model, step, host);
  return {
    model,
    plan: { ...plan, steps: [...plan.steps, done] },
    entry: entryOf(done, plan.steps.length),
    accuracy: await accuracyOfAll(retrain, job, sliced, done),
  };
}

async function stepOf(
  { method, options, data, before, after }: Retrained,
  model: Model,
  planned: FinetuneStep | null,
  host: Pick<Host, "sha256">,
): Promise<FinetuneStep> {
  const resultSha256 = await digestWeights(model, host);
  const percent = (share: number): string => `${Number((100 * share).toFixed(2))} %`;
  const reason = `accuracy ${percent(before.accuracy)} → ${percent(after.accuracy)} on ${data.testCount} test samples`;
  if (planned === null)
    return {
      ...{ kind: "finetune", method, options, data, before, after, resultSha256 },
      ...{ tolerance: REPLAY_TOLERANCE, reason },
    };
  if (planned.resultSha256 === resultSha256) return planned;
  if (Math.abs(planned.after.accuracy - after.accuracy) > planned.tolerance)
    throw new EspalierError("MISMATCH", "Training again gave another result", {
      where: "finetune",
      expected: `accuracy ${planned.after.accuracy} within ${planned.tolerance} of it`,
      found: String(after.accuracy),
      unblock: "Use the versions and the number of threads that the receipt and the plan name.",
    });
  return { ...planned, before, after, resultSha256, reason };
}

function entryOf({ method, options, data, before, after }: FinetuneStep, step: number): TrainingEntry {
  const { epochs } = options;
  return { step, method, epochs, dataset: data.name, data: data.sha256, n: data.count, before, after };
}

/** Before, after removal, after everything: on the test part. */
async function accuracyOfAll(
  retrain: Retrain,
  job: Omit<RetrainJob, "model">,
  sliced: Model,
  { data, after }: FinetuneStep,
): Promise<AccuracyRecord> {
  const dense = await retrain.evaluate({ ...job, model: job.dense });
  const pruned = await retrain.evaluate({ ...job, model: sliced });
  return {
    metric: "top-1",
    dataset: data.name,
    data: data.testSha256,
    n: data.testCount,
    before: dense.accuracy,
    pruned: pruned.accuracy,
    recovered: after.accuracy,
  };
}
