// Weight updates of a receipt, checked anew. Without the calibration inputs it can be told that the artefact is the
// plan's removal on the source with no other weights changed than a recovery changes, and that these are the ones the
// plan names. Whether they follow from the inputs needs the inputs: then the recovery is replayed.

import { isEspalierError, type Model } from "@espalier/ir";
import { digestInputs, digestWeights } from "../calibration/digest.js";
import { runOutputs } from "../calibration/output-error.js";
import { modelBytes } from "../parity/parity.js";
import { type PruningPlan, type SliceStep, weightSteps } from "../plan/plan.js";
import { replayWeights } from "../plan/update-weights.js";
import { graftWeights } from "../reconstruct/graft-weights.js";
import type { Host, Runtime } from "../runtime.js";
import { stampModel } from "../target/apply-structural.js";
import { accuracyOf, type Calibration, calibrationRun, splitCalibration } from "../target/calibration.js";
import { planInputs } from "../target/recover-structural.js";
import { dropOf } from "../target/search-drop.js";
import { openSubject, type Subject } from "../target/subject.js";
import { type Claim, compared, comparedData, fails, holds, unchecked } from "./claim.js";
import type { Receipt, RecoveryEntry } from "./receipt.js";

export interface WeightCheck {
  readonly runtime: Runtime | null;
  readonly host: Host;
  /** The inputs that `calibration` of the receipt speaks of; null or absent when they are not at hand. */
  readonly calibration?: Calibration | null;
  readonly signal?: AbortSignal;
}

/** What the receipt says of each update is what the plan says. */
export function recoveryFollowsPlan({ recovery }: Receipt, plan: PruningPlan): Claim {
  const planned = plan.steps.flatMap((step, i) =>
    step.kind === "update-weights"
      ? [[i, step.methods, step.dataSha256, step.count, step.before, step.after]]
      : [],
  );
  const said = recovery.map(({ step, methods, data, n, before, after }: RecoveryEntry) => [
    step,
    methods,
    data,
    n,
    before.outputError,
    after.outputError,
  ]);
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
  steps: readonly SliceStep[],
  sliced: Model,
  host: Host,
): Promise<RebuiltModel> {
  const name = "artefact is the plan applied to the source";
  if (said === null) return { model: null, claims: [fails(name, "the artefact", "no such file")] };
  const updates = weightSteps(plan.steps);
  try {
    const { model: donor } = openSubject(said);
    let model = sliced;
    for (const update of updates) model = graftWeights(model, subject, steps, update, donor);
    stampModel(model, plan, planSha256);
    const found = await host.sha256(modelBytes(model));
    const whole = compared(name, await host.sha256(said), found);
    const weights = compared(
      "weights of the artefact are the plan's",
      updates.at(-1)?.resultSha256 ?? "",
      await digestWeights(model, host),
    );
    return { model: whole.status === "holds" ? model : null, claims: [whole, weights] };
  } catch (error) {
    if (!isEspalierError(error) || error.code === "ABORTED") throw error;
    return { model: null, claims: [fails(name, "the same weights, changed", error.message)] };
  }
}

/** The recovery replayed on the calibration inputs, and the drop measured again on those held out. */
export async function calibrationClaims(
  receipt: Receipt,
  subject: Subject,
  plan: PruningPlan,
  sliced: Model,
  artefact: Model,
  check: WeightCheck,
): Promise<Claim[]> {
  const { runtime, calibration = null } = check;
  const names = [
    ...(weightSteps(plan.steps).length === 0 ? [] : ["weights follow from the calibration inputs"]),
    ...(receipt.drop === undefined ? [] : ["drop on the held-out inputs"]),
  ];
  const said = receipt.calibration;
  if (names.length === 0) return [];
  if (runtime === null || calibration === null) {
    const missing = calibration === null ? "not at hand: give them with --calibration" : "no runtime here";
    const wanted = said === undefined ? "the calibration inputs" : `${said.items} inputs: ${said.spec}`;
    return names.map((name) => unchecked(name, wanted, missing));
  }
  const ready = { ...check, runtime };
  const claims: Claim[] = [];
  if (weightSteps(plan.steps).length > 0) {
    claims.push(await replayClaim(receipt, subject, plan, sliced, artefact, calibration, ready));
    claims.push(...(await accuracyClaim(receipt, plan, sliced, artefact, calibration, ready)));
  }
  if (receipt.drop !== undefined)
    claims.push(await dropClaim(receipt, subject, artefact, calibration, ready));
  return claims;
}

type ReadyCheck = WeightCheck & { readonly runtime: Runtime };

/** Exactly on the same kind of machine; elsewhere sums differ in their last bits, which settles nothing. */
async function replayClaim(
  receipt: Receipt,
  subject: Subject,
  plan: PruningPlan,
  sliced: Model,
  artefact: Model,
  calibration: Calibration,
  check: ReadyCheck,
): Promise<Claim> {
  const name = "weights follow from the calibration inputs";
  const { host } = check;
  const wanted = await digestWeights(artefact, host);
  try {
    const { inputs } = planInputs(plan, calibration);
    const run = { ...calibrationRun(check), host, inputs };
    const { model, reports } = await replayWeights(sliced, subject, plan.steps, run);
    const found = await digestWeights(model, host);
    const after = reports.at(-1)?.after;
    if (found === wanted) return holds(name, `output error ${after} on ${inputs.length} input sets`);
    if (sameMachine(receipt, check)) return fails(name, wanted, found);
    return unchecked(
      name,
      "the kind of machine and versions that the receipt names",
      `here the replay gives other last bits: output error ${after}`,
    );
  } catch (error) {
    if (!isEspalierError(error) || error.code === "ABORTED") throw error;
    if (error.code === "CALIBRATION_MISSING")
      return fails(name, error.context.expected ?? "the plan's inputs", error.context.found ?? error.message);
    if (error.code === "MISMATCH")
      return fails(name, error.context.expected ?? "", error.context.found ?? "");
    return unchecked(name, "a run on the calibration inputs", error.message);
  }
}

/** Accuracies that the receipt gives, counted again on the inputs of the plan. */
async function accuracyClaim(
  receipt: Receipt,
  plan: PruningPlan,
  sliced: Model,
  artefact: Model,
  calibration: Calibration,
  check: ReadyCheck,
): Promise<Claim[]> {
  const name = "accuracy on the calibration inputs";
  const said = [receipt.recovery[0]?.before.accuracy, receipt.recovery.at(-1)?.after.accuracy];
  if (said.every((accuracy) => accuracy === undefined)) return [];
  const { inputs, labels } = planInputs(plan, calibration);
  if (labels == null) return [unchecked(name, "labels", "none were given")];
  const found: number[] = [];
  for (const model of [sliced, artefact])
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

function sameMachine({ machine, versions }: Receipt, { host, runtime }: ReadyCheck): boolean {
  const here = host.machine();
  return versions.runtime === runtime.name && DECISIVE.every((key) => here[key] === machine[key]);
}

/** What decides the last bits of a sum. */
const DECISIVE = ["cpu", "platform", "node"] as const;
