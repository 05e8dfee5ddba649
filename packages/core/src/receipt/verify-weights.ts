// Weight updates of a receipt, checked anew. Without the calibration inputs it can be told that the artefact is the
// plan's removal on the source with no other weights changed than a recovery changes, and that these are the ones the
// plan names. Whether they follow from the inputs needs the inputs: then the recovery is replayed.

import { isEspalierError, type Model } from "@espalier/ir";
import { digestInputs, digestWeights } from "../calibration/digest.js";
import { runOutputs } from "../calibration/output-error.js";
import { modelBytes } from "../parity/parity.js";
import { applyMasks } from "../plan/apply-masks.js";
import type { KeptUnits } from "../plan/kept-units.js";
import { finetuneStep, maskSteps, type PruningPlan, weightSteps } from "../plan/plan.js";
import type { PlanData } from "../plan/plan-data.js";
import { replayWeights } from "../plan/update-weights.js";
import { graftTrained } from "../reconstruct/graft-trained.js";
import { graftWeights } from "../reconstruct/graft-weights.js";
import type { Host, Runtime } from "../runtime.js";
import { stampModel } from "../target/apply-structural.js";
import { accuracyOf, type Calibration, calibrationRun, splitCalibration } from "../target/calibration.js";
import { planInputs } from "../target/recover-structural.js";
import type { Retrain } from "../target/retrain.js";
import { dropOf } from "../target/search-drop.js";
import { openSubject, type Subject } from "../target/subject.js";
import { type Claim, compared, comparedData, fails, holds, unchecked } from "./claim.js";
import { isTraining, type Receipt, recoveriesOf } from "./receipt.js";
import { sameMachine } from "./same-machine.js";

export interface WeightCheck {
  readonly runtime: Runtime | null;
  readonly host: Host;
  /** The inputs that `calibration` of the receipt speaks of; null or absent when they are not at hand. */
  readonly calibration?: Calibration | null;
  /** Trains again as the plan did; null or absent where it cannot, and then why. */
  readonly retrain?: Retrain | null;
  readonly retrainMissing?: string;
  readonly signal?: AbortSignal;
}

/** What the receipt says of each update is what the plan says. */
export function recoveryFollowsPlan({ recovery }: Receipt, plan: PruningPlan): Claim {
  const planned = plan.steps.flatMap((step, i): unknown[] => {
    if (step.kind === "update-weights")
      return [[i, step.methods, step.dataSha256, step.count, step.before, step.after]];
    if (step.kind !== "finetune") return [];
    const { method, options, data, before, after } = step;
    return [[i, method, options.epochs, data.name, data.sha256, data.count, before, after]];
  });
  const said = recovery.map((entry): unknown => {
    const { step, data, n, before, after } = entry;
    return isTraining(entry)
      ? [step, entry.method, entry.epochs, entry.dataset, data, n, before, after]
      : [step, entry.methods, data, n, entry.before.outputError, entry.after.outputError];
  });
  return comparedData("recovery follows the plan", planned, said);
}

export interface RebuiltModel {
  /** The artefact as source, plan and its own recovered weights give it; null when it is another model. */
  readonly model: Model | null;
  readonly claims: readonly Claim[];
}

/** Builds the artefact `said` from source and plan, with its own recovered weights. */
export async function rebuiltClaims(
  said: Uint8Array | null,
  planSha256: string,
  subject: Subject,
  plan: PruningPlan,
  steps: readonly KeptUnits[],
  { sliced, data }: { readonly sliced: Model; readonly data: PlanData | null },
  host: Host,
): Promise<RebuiltModel> {
  const name = "artefact is the plan applied to the source";
  if (said === null) return { model: null, claims: [fails(name, "the artefact", "no such file")] };
  const updates = weightSteps(plan.steps);
  try {
    const { model: donor } = openSubject(said);
    let model = sliced;
    for (const update of updates) model = graftWeights(model, subject, steps, update, donor);
    const training = finetuneStep(plan.steps);
    if (training !== null) model = graftTrained(model, donor);
    const masks = maskSteps(plan.steps);
    model = applyMasks(model, masks, data);
    stampModel(model, plan, planSha256);
    const found = await host.sha256(modelBytes(model));
    const whole = compared(name, await host.sha256(said), found);
    // Masked weights are no longer those that an update left: that takes the calibration inputs to check.
    const named = training ?? (masks.length === 0 ? updates.at(-1) : undefined);
    const weights =
      named === undefined
        ? []
        : [
            compared(
              "weights of the artefact are the plan's",
              named.resultSha256,
              await digestWeights(model, host),
            ),
          ];
    return { model: whole.status === "holds" ? model : null, claims: [whole, ...weights] };
  } catch (error) {
    if (!isEspalierError(error) || error.code === "ABORTED") throw error;
    return { model: null, claims: [fails(name, "the same weights, changed", error.message)] };
  }
}

export interface CalibrationChecked {
  readonly claims: readonly Claim[];
  /** The sliced model with its weights recovered, as far as they could be; null where they could not. */
  readonly recovered: Model | null;
}

/** The recovery replayed on the calibration inputs, and the drop measured again on those held out. */
export async function calibrationClaims(
  receipt: Receipt,
  subject: Subject,
  plan: PruningPlan,
  steps: readonly KeptUnits[],
  sliced: Model,
  artefact: Model,
  check: WeightCheck,
): Promise<CalibrationChecked> {
  const { runtime, calibration = null } = check;
  const untouched = weightSteps(plan.steps).length === 0 ? sliced : null;
  const names = [
    ...(weightSteps(plan.steps).length === 0 ? [] : ["weights follow from the calibration inputs"]),
    ...(receipt.drop === undefined ? [] : ["drop on the held-out inputs"]),
  ];
  const said = receipt.calibration;
  if (names.length === 0) return { claims: [], recovered: untouched };
  if (runtime === null || calibration === null) {
    const missing = calibration === null ? "not at hand: give them with --calibration" : "no runtime here";
    const wanted = said === undefined ? "the calibration inputs" : `${said.items} inputs: ${said.spec}`;
    return { claims: names.map((name) => unchecked(name, wanted, missing)), recovered: untouched };
  }
  const ready = { ...check, runtime };
  const claims: Claim[] = [];
  let recovered: Model | null = untouched;
  if (weightSteps(plan.steps).length > 0) {
    const replayed = await replayClaim(receipt, subject, plan, steps, sliced, artefact, calibration, ready);
    recovered = replayed.model;
    claims.push(replayed.claim);
    // Without training or masks the artefact itself is what was recovered.
    const last = finetuneStep(plan.steps) === null && maskSteps(plan.steps).length === 0;
    const final = last ? artefact : recovered;
    claims.push(...(await accuracyClaim(receipt, plan, sliced, final, calibration, ready)));
  }
  if (receipt.drop !== undefined)
    claims.push(await dropClaim(receipt, subject, artefact, calibration, ready));
  return { claims, recovered };
}

type ReadyCheck = WeightCheck & { readonly runtime: Runtime };

/** Exactly on the same kind of machine; elsewhere sums differ in their last bits, which settles nothing. */
async function replayClaim(
  receipt: Receipt,
  subject: Subject,
  plan: PruningPlan,
  steps: readonly KeptUnits[],
  sliced: Model,
  artefact: Model,
  calibration: Calibration,
  check: ReadyCheck,
): Promise<{ readonly claim: Claim; readonly model: Model | null }> {
  const name = "weights follow from the calibration inputs";
  const { host } = check;
  const later = finetuneStep(plan.steps) !== null || maskSteps(plan.steps).length > 0;
  const wanted = later
    ? (weightSteps(plan.steps).at(-1)?.resultSha256 ?? "")
    : await digestWeights(artefact, host);
  const without = (claim: Claim): { readonly claim: Claim; readonly model: null } => ({ claim, model: null });
  try {
    const { inputs } = planInputs(plan, calibration);
    const run = { ...calibrationRun(check), host, inputs };
    const { model, reports } = await replayWeights(sliced, subject, plan.steps, run, steps);
    const found = await digestWeights(model, host);
    const after = reports.at(-1)?.after;
    if (found === wanted)
      return { claim: holds(name, `output error ${after} on ${inputs.length} input sets`), model };
    if (sameMachine(receipt, check)) return without(fails(name, wanted, found));
    return without(
      unchecked(
        name,
        "the kind of machine and versions that the receipt names",
        `here the replay gives other last bits: output error ${after}`,
      ),
    );
  } catch (error) {
    if (!isEspalierError(error) || error.code === "ABORTED") throw error;
    if (error.code === "CALIBRATION_MISSING")
      return without(
        fails(name, error.context.expected ?? "the plan's inputs", error.context.found ?? error.message),
      );
    if (error.code === "MISMATCH")
      return without(fails(name, error.context.expected ?? "", error.context.found ?? ""));
    return without(unchecked(name, "a run on the calibration inputs", error.message));
  }
}

/** Accuracies that the receipt gives, counted again on the inputs of the plan. */
async function accuracyClaim(
  receipt: Receipt,
  plan: PruningPlan,
  sliced: Model,
  recovered: Model | null,
  calibration: Calibration,
  check: ReadyCheck,
): Promise<Claim[]> {
  const name = "accuracy on the calibration inputs";
  const entries = recoveriesOf(receipt);
  const said = [entries[0]?.before.accuracy, entries.at(-1)?.after.accuracy];
  if (said.every((accuracy) => accuracy === undefined)) return [];
  if (recovered === null) return [unchecked(name, "the weights as they were recovered", "not the same here")];
  const { inputs, labels } = planInputs(plan, calibration);
  if (labels == null) return [unchecked(name, "labels", "none were given")];
  const found: number[] = [];
  for (const model of [sliced, recovered])
    found.push(accuracyOf(await runOutputs(model, inputs, calibrationRun(check)), labels));
  if (sameMachine(receipt, check)) return [comparedData(name, said, found)];
  const near = said.every((accuracy, i) => Math.abs((accuracy ?? 0) - (found[i] as number)) <= DROP_SLACK);
  const [a, b] = [said, found].map((pair) => pair.join(" → ")) as [string, string];
  return [near ? holds(name, b) : unchecked(name, a, `${b} on this machine`)];
}

/** Drops are counted or summed on the runtime: other machines may differ by the last bits of an output. */
const DROP_SLACK = 1e-3;

async function dropClaim(
  receipt: Receipt,
  subject: Subject,
  artefact: Model,
  calibration: Calibration,
  check: ReadyCheck,
): Promise<Claim> {
  const name = "drop on the held-out inputs";
  const said = receipt.drop;
  if (said === undefined || said.found === null) return fails(name, "a drop", "none");
  const { judged } = splitCalibration(calibration);
  const data = await digestInputs(judged.inputs, check.host);
  if (data !== said.data) return fails(name, `inputs with digest ${said.data}`, data);
  if (said.measure === "accuracy" && judged.labels == null)
    return unchecked(name, "labels", "none were given");
  const judge = await dropOf(
    subject,
    said.measure === "accuracy" ? judged : { inputs: judged.inputs },
    calibrationRun(check),
  );
  const found = await judge(artefact);
  const same = (a: number | null, b: number | null): boolean =>
    a === b || (!sameMachine(receipt, check) && a !== null && b !== null && Math.abs(a - b) <= DROP_SLACK);
  if (same(said.found, found) && same(said.dense, judge.dense) && said.found <= said.limit)
    return holds(name, `${found} (${said.measure}), the limit is ${said.limit}`);
  return fails(name, `${said.found} ≤ ${said.limit}`, String(found));
}
