// The weights of a sliced model recovered on calibration inputs, or a plan's recovery replayed.

import { EspalierError, type Model } from "@espalier/ir";
import type { RunOptions } from "../calibration/frontier.js";
import { onceRun } from "../calibration/once-run.js";
import { runOutputs } from "../calibration/output-error.js";
import type { KeptUnits } from "../plan/kept-units.js";
import { finetuneStep, type PlanStep, type PruningPlan, weightSteps } from "../plan/plan.js";
import { replayWeights, updateWeights } from "../plan/update-weights.js";
import type { RecoveryEntry } from "../receipt/receipt.js";
import type { RecoveryReport } from "../reconstruct/recover.js";
import { accuracyOf, type Calibration, calibrationRun, partOf } from "./calibration.js";
import type { TargetRunOptions } from "./run-options.js";
import type { Subject } from "./subject.js";

export interface RecoveredModel {
  readonly model: Model;
  /** The plan with its weight updates as they came out. */
  readonly plan: PruningPlan;
  readonly entries: readonly RecoveryEntry[];
}

/**
 * Recovers `sliced` as `options.recover` says, or as the plan does; without either, all stays as it is.
 *
 * @throws EspalierError `CALIBRATION_MISSING` when a plan's inputs are not at hand; what `recover` throws
 */
export async function recoverStructural(
  subject: Subject,
  steps: readonly KeptUnits[],
  sliced: Model,
  plan: PruningPlan,
  options: TargetRunOptions,
  how: RunOptions = calibrationRun(options),
): Promise<RecoveredModel> {
  const updates = weightSteps(plan.steps);
  // A plan that trains was made with all its recoveries: none is added.
  if (updates.length === 0 && finetuneStep(plan.steps) !== null)
    return { model: sliced, plan: { ...plan, steps: removals(plan) }, entries: [] };
  const { calibration, host, recover: methods = ["reconstruct"], onProgress } = options;
  const run = {
    ...how,
    host,
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  const inside = onceRun(how, subject.model);
  if (updates.length > 0) {
    const used = planInputs(plan, calibration);
    const {
      model,
      steps: done,
      reports,
    } = await replayWeights(sliced, subject, plan.steps, { ...run, inputs: used.inputs }, steps);
    const replayed = { ...plan, steps: [...removals(plan), ...done] };
    return {
      model,
      plan: replayed,
      entries: await entriesOf(replayed, reports, sliced, model, used, inside),
    };
  }
  // Units that only changed places took nothing along that could be recovered.
  const lost = steps.some(({ keep, width }) => keep.length < width);
  if (calibration === undefined || methods.length === 0 || !lost) return { model: sliced, plan, entries: [] };
  const { model, step, report } = await updateWeights(sliced, subject, steps, {
    ...run,
    inputs: calibration.inputs,
    methods,
    seed: plan.seed,
  });
  const updated = { ...plan, steps: [...plan.steps, step] };
  return {
    model,
    plan: updated,
    entries: await entriesOf(updated, [report], sliced, model, calibration, inside),
  };
}

/** The steps that come before any weights are solved. */
function removals({ steps }: PruningPlan): readonly PlanStep[] {
  return steps.filter(({ kind }) => kind === "permute" || kind === "slice");
}

/** The inputs a plan was made with: the first of those at hand; the others judged. */
export function planInputs(plan: PruningPlan, calibration: Calibration | undefined): Calibration {
  const [update] = weightSteps(plan.steps);
  if (calibration !== undefined) return partOf(calibration, 0, update?.count);
  throw new EspalierError("CALIBRATION_MISSING", "The plan updates weights on calibration inputs", {
    where: "update-weights",
    expected: `${update?.count} input sets with digest ${update?.dataSha256}`,
    found: "no inputs",
    unblock: "Hand over the same calibration inputs that the plan was made with.",
  });
}

async function entriesOf(
  plan: PruningPlan,
  reports: readonly RecoveryReport[],
  sliced: Model,
  model: Model,
  { inputs, labels }: Calibration,
  run: RunOptions,
): Promise<RecoveryEntry[]> {
  const accuracy = async (candidate: Model): Promise<{ readonly accuracy?: number }> =>
    labels == null ? {} : { accuracy: accuracyOf(await runOutputs(candidate, inputs, run), labels) };
  const [before, after] = [await accuracy(sliced), await accuracy(model)];
  const first = plan.steps.length - reports.length;
  return weightSteps(plan.steps).map((update, i): RecoveryEntry => {
    const last = i === reports.length - 1;
    return {
      step: first + i,
      methods: update.methods,
      data: update.dataSha256,
      n: update.count,
      before: { outputError: update.before, ...(i === 0 ? before : {}) },
      after: { outputError: update.after, ...(last ? after : {}) },
      left: reports[i]?.left ?? [],
    };
  });
}
