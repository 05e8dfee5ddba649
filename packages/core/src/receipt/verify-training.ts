// The training of a receipt, checked anew: accuracies are counted again on the test part, and the training is done again
// where the data and whoever trains are at hand. What is not at hand leaves its claims open, with the reason.

import { isEspalierError, type Model } from "@espalier/ir";
import { digestWeights } from "../calibration/digest.js";
import { type FinetuneStep, finetuneStep, type PruningPlan, type TrainedScores } from "../plan/plan.js";
import { graftTrained } from "../reconstruct/graft-trained.js";
import type { ProgressListener, Runtime } from "../runtime.js";
import type { Retrain, RetrainJob } from "../target/retrain.js";
import type { Subject } from "../target/subject.js";
import { type Claim, comparedData, fails, holds, unchecked } from "./claim.js";
import { isTraining, type Receipt } from "./receipt.js";
import { sameMachine } from "./same-machine.js";
import type { WeightCheck } from "./verify-weights.js";

const WEIGHTS = "weights follow from training";
const ACCURACY = "accuracy on the test samples";

/** Accuracies are counted on the runtime: on other machines a sample or two may fall on the other side. */
const ACCURACY_SLACK = 5e-3;

export interface TrainedModels {
  /** The source after removal. */
  readonly sliced: Model;
  /** What was trained; null where it could not be made again. */
  readonly start: Model | null;
  readonly artefact: Model;
}

interface Trained extends TrainedModels {
  readonly receipt: Receipt;
  readonly step: FinetuneStep;
}

/** What the receipt says of training, and of accuracies. */
export async function trainingClaims(
  receipt: Receipt,
  subject: Subject,
  plan: PruningPlan,
  models: TrainedModels,
  check: WeightCheck & { readonly onProgress?: ProgressListener },
): Promise<Claim[]> {
  const step = finetuneStep(plan.steps);
  if (step === null)
    return receipt.accuracy === undefined ? [] : [fails(ACCURACY, "a training in the plan", "none")];
  const { runtime, retrain = null, retrainMissing = "nothing that trains is at hand" } = check;
  const { name, count, sha256 } = step.data;
  const wanted = `${count} samples of ${name} with digest ${sha256}`;
  if (runtime === null || retrain === null) {
    const why = runtime === null ? "no runtime here" : retrainMissing;
    return [ACCURACY, WEIGHTS].map((claim) => unchecked(claim, wanted, why));
  }
  const job: Omit<RetrainJob, "model"> = {
    ...{ dense: subject.model, bindings: plan.bindings, seed: plan.seed, step },
    ...(check.signal === undefined ? {} : { signal: check.signal }),
    ...(check.onProgress === undefined ? {} : { onProgress: check.onProgress }),
  };
  const trained: Trained = { receipt, step, ...models };
  const ready = { ...check, runtime };
  return [
    await openUnless(ACCURACY, wanted, () => accuracyClaim(trained, retrain, job, ready)),
    await openUnless(WEIGHTS, wanted, () => replayClaim(trained, retrain, job, ready)),
  ];
}

type ReadyCheck = WeightCheck & { readonly runtime: Runtime };

/** What cannot be run is open; what was cancelled ends the check. */
async function openUnless(name: string, wanted: string, claim: () => Promise<Claim>): Promise<Claim> {
  try {
    return await claim();
  } catch (error) {
    if (!isEspalierError(error) || error.code === "ABORTED") throw error;
    const { expected = wanted, found } = error.context;
    return unchecked(name, expected, `${error.code}: ${found ?? error.message}`);
  }
}

/** Of the source, after removal, before and after training, as the receipt says. */
async function accuracyClaim(
  { receipt, step, sliced, start, artefact }: Trained,
  retrain: Retrain,
  job: Omit<RetrainJob, "model">,
  check: ReadyCheck,
): Promise<Claim> {
  const { accuracy } = receipt;
  const entry = receipt.recovery.find(isTraining);
  if (accuracy === undefined || entry === undefined) return fails(ACCURACY, "accuracies", "none");
  const scoresOf = (model: Model): Promise<TrainedScores> => retrain.evaluate({ ...job, model });
  const [dense, pruned, after] = [
    await scoresOf(job.dense),
    await scoresOf(sliced),
    await scoresOf(artefact),
  ];
  const said = {
    ...{ dataset: accuracy.dataset, data: accuracy.data, n: accuracy.n },
    numbers: [
      accuracy.before,
      accuracy.pruned,
      accuracy.recovered,
      ...[entry.after, ...(start === null ? [] : [entry.before])].flatMap(pair),
    ],
  };
  const found = {
    ...{ dataset: step.data.name, data: step.data.testSha256, n: step.data.testCount },
    numbers: [
      ...[dense, pruned, after].map(({ accuracy: share }) => share),
      ...[after, ...(start === null ? [] : [await scoresOf(start)])].flatMap(pair),
    ],
  };
  if (sameMachine(receipt, check)) return comparedData(ACCURACY, said, found);
  const near = said.numbers.every((number, i) => {
    const other = found.numbers[i] ?? Number.NaN;
    return Math.abs(number - other) <= ACCURACY_SLACK * Math.max(1, Math.abs(number));
  });
  const { numbers } = found;
  return near ? comparedData(ACCURACY, { ...said, numbers }, found) : comparedData(ACCURACY, said, found);
}

function pair({ accuracy, loss }: TrainedScores): number[] {
  return [accuracy, loss];
}

/** Exactly on the same kind of machine; elsewhere sums differ in their last bits, which settles nothing. */
async function replayClaim(
  { receipt, step, start, artefact }: Trained,
  retrain: Retrain,
  job: Omit<RetrainJob, "model">,
  check: ReadyCheck,
): Promise<Claim> {
  if (start === null)
    return unchecked(WEIGHTS, "the network as it was before training", "it needs the calibration inputs");
  const wanted = await digestWeights(artefact, check.host);
  const trained = await retrain.train({ ...job, model: start });
  const found = await digestWeights(graftTrained(start, trained.model), check.host);
  const { accuracy } = trained.after;
  if (found === wanted)
    return holds(WEIGHTS, `accuracy ${accuracy} after ${step.options.epochs} epochs on ${step.data.name}`);
  if (sameMachine(receipt, check)) return fails(WEIGHTS, wanted, found);
  return unchecked(
    WEIGHTS,
    "the kind of machine and versions that the receipt names",
    `here training gives other last bits: accuracy ${accuracy}`,
  );
}
