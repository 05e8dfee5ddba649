// Runs the claims of a receipt again, from the source and the plan. Believes nothing the receipt says: every
// digest, count and comparison is computed anew. A forged number fails, a forged model fails; a receipt about
// another source, with everything recomputed, is simply another receipt: compare `source.sha256` yourself.

import { isEspalierError, type Model } from "@espalier/ir";
import { modelBytes } from "../parity/parity.js";
import { applyMasks } from "../plan/apply-masks.js";
import { type KeptUnits, keptUnits } from "../plan/kept-units.js";
import { finetuneStep, maskSteps, type PruningPlan, sliceSteps, weightSteps } from "../plan/plan.js";
import { openPlanData, type PlanData } from "../plan/plan-data.js";
import { readPlan } from "../plan/read-plan.js";
import { checkOrders, checkSteps } from "../plan/removal.js";
import { applyStructural, type StructuralResult } from "../target/apply-structural.js";
import { openSubject, type Subject, type SubjectOptions } from "../target/subject.js";
import { type Claim, compared, comparedData, fails, holds, recorded, unchecked } from "./claim.js";
import type { Receipt } from "./receipt.js";
import { artefactCountClaims, countClaims, sizeClaim } from "./verify-counts.js";
import { type ExportClaimCheck, exportClaims } from "./verify-export.js";
import { exportedAccuracyClaims } from "./verify-exported-accuracy.js";
import { fileClaims, planClaim, sourceClaim } from "./verify-files.js";
import { refusalClaim, widthsFitSource, widthsFollowPlan } from "./verify-ledger.js";
import { type ParityCheck, parityClaim, runsNowhereClaim } from "./verify-parity.js";
import { maskedRecoveryClaim, patternClaim } from "./verify-pattern.js";
import { timingClaims } from "./verify-timings.js";
import { trainingClaims } from "./verify-training.js";
import {
  calibrationClaims,
  type RebuiltModel,
  rebuiltClaims,
  recoveryFollowsPlan,
  type WeightCheck,
} from "./verify-weights.js";

export interface VerifyInput
  extends Omit<SubjectOptions, "dims">,
    ParityCheck,
    WeightCheck,
    ExportClaimCheck {
  readonly receipt: Receipt;
  /** The files of the folder by name, as far as they are there. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** null when the source is not at hand: what needs it stays unchecked. */
  readonly sourceBytes: Uint8Array | null;
}

/**
 * Every claim with its outcome: false when one fails, incomplete when one that is not informational is
 * unchecked, else it holds.
 *
 * @throws EspalierError `ABORTED`; nothing about a file is thrown, it fails a claim
 */
export async function verifyReceipt(input: VerifyInput): Promise<readonly Claim[]> {
  const { receipt, files, host } = input;
  const claims = await fileClaims(receipt, files, host);
  const source = await sourceClaim(receipt, input.sourceBytes, host);
  claims.push(source);
  const read = await planOf(input, claims);
  const plan = read?.plan ?? null;
  if (plan !== null) claims.push(...planClaims(receipt, plan));
  const deployed = receipt.artefact === null ? null : (files.get(receipt.artefact.path) ?? null);
  if (deployed !== null) claims.push(await sizeClaim(receipt, "after", deployed, host));
  // What was removed is checked on the network as ONNX, and the artefact by writing it again from there.
  const artefact = receipt.export === undefined ? deployed : (files.get(receipt.export.path) ?? null);
  claims.push(...(await exportClaims(receipt, plan, artefact, deployed, input)));
  if (artefact !== null && plan !== null) claims.push(...patternClaim(receipt, plan, artefact, input));
  if (read === null || input.sourceBytes === null || source.status !== "holds") {
    claims.push(...withoutSource(input, artefact));
  } else {
    claims.push(await sizeClaim(receipt, "before", input.sourceBytes, host));
    claims.push(...(await fromSource(input, read, input.sourceBytes, artefact)));
  }
  claims.push(...timingClaims(receipt));
  if (receipt.sensitivity !== undefined)
    claims.push(
      recorded("sensitivity", `${receipt.sensitivity.curves.length} curves: what the widths were chosen by`),
    );
  claims.push(recorded("machine, versions, command, time", `${receipt.createdAt}: cannot be run again`));
  return claims;
}

interface ReadPlan {
  readonly plan: PruningPlan;
  readonly data: PlanData | null;
}

async function planOf({ receipt, files, host }: VerifyInput, claims: Claim[]): Promise<ReadPlan | null> {
  const bytes = receipt.plan === null ? undefined : files.get(receipt.plan.path);
  if (bytes === undefined) {
    claims.push(fails("plan", "a plan", "no such file"));
    return null;
  }
  try {
    const plan = readPlan(bytes);
    const file = plan.data === undefined ? null : (files.get(plan.data.path) ?? null);
    return { plan, data: await openPlanData(plan, file, host) };
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    claims.push(fails("plan", "a plan", error.message));
    return null;
  }
}

function planClaims(receipt: Receipt, plan: PruningPlan): Claim[] {
  const claims = [planClaim(receipt, plan)];
  if (receipt.recovery.length > 0 || (receipt.artefact !== null && changesWeights(plan)))
    claims.push(recoveryFollowsPlan(receipt, plan));
  if (receipt.artefact !== null) claims.push(widthsFollowPlan(receipt, sliceSteps(plan.steps)));
  return claims;
}

/** Whether the artefact holds weights that the source does not. */
function changesWeights({ steps }: PruningPlan): boolean {
  return weightSteps(steps).length > 0 || finetuneStep(steps) !== null;
}

/** What the artefact alone can tell. */
function withoutSource(input: VerifyInput, artefact: Uint8Array | null): Claim[] {
  const { receipt } = input;
  const open = ["artefact is the plan applied to the source", "costs by node", "refusals", "parity"].map(
    (name) => unchecked(name, "the source and a plan", "not at hand"),
  );
  if (receipt.artefact === null) return open.slice(1, 3);
  if (artefact === null) return open;
  return [
    ...attempt("artefact is a model", () => {
      const subject = openSubject(artefact, { ...input, dims: receipt.bindings });
      return [metadataClaim(receipt, subject), ...artefactCountClaims(receipt, subject)];
    }),
    ...open,
  ];
}

/** What the plan gives before and after masks. */
interface MaskedResult extends StructuralResult {
  readonly masked: Model;
  readonly maskedBytes: Uint8Array;
}

/** Everything that follows from the source and the plan. */
async function fromSource(
  input: VerifyInput,
  { plan, data }: ReadPlan,
  sourceBytes: Uint8Array,
  artefact: Uint8Array | null,
): Promise<Claim[]> {
  const { receipt } = input;
  const claims: Claim[] = [];
  let subject: Subject | undefined;
  const steps = keptUnits(plan.steps, data);
  const masks = maskSteps(plan.steps);
  let applied: MaskedResult | undefined;
  claims.push(
    ...attempt("the plan fits the source", () => {
      subject = openSubject(sourceBytes, { ...input, dims: plan.bindings });
      checkSteps(subject.analysis, plan.steps, "replay");
      if (data !== null) checkOrders(subject.analysis, plan.steps, data.orders);
      if (receipt.artefact !== null) {
        const sliced = applyStructural(subject, steps, plan, receipt.plan?.sha256 ?? "");
        const masked = applyMasks(sliced.pruned, masks, data);
        const bytes = masks.length === 0 ? sliced.prunedBytes : modelBytes(masked);
        applied = { ...sliced, masked, maskedBytes: bytes };
      }
      return [holds("the plan fits the source", `${plan.steps.length} steps`)];
    }),
  );
  if (subject === undefined) return claims;
  claims.push(widthsFitSource(receipt, subject), refusalClaim(receipt, subject));
  let rebuilt: RebuiltModel | null = null;
  if (applied !== undefined && changesWeights(plan)) {
    const planSha256 = receipt.plan?.sha256 ?? "";
    const { pruned } = applied;
    const parts = { sliced: pruned, data };
    rebuilt = await rebuiltClaims(artefact, planSha256, subject, plan, steps, parts, input.host);
  }
  const model = rebuilt === null ? (applied?.masked ?? null) : rebuilt.model;
  claims.push(...countClaims(receipt, subject, model ?? applied?.masked ?? null));
  if (receipt.artefact === null) return [...claims, await nothingClaim(input, plan, steps, subject)];
  if (applied === undefined) return claims;
  claims.push(comparedData("clean-ups", receipt.cleanups, applied.cleanups));
  const name = "artefact is the plan applied to the source";
  const replayed = rebuilt?.claims ?? [
    compared(
      name,
      artefact === null ? "no such file" : await input.host.sha256(artefact),
      await input.host.sha256(applied.maskedBytes),
    ),
  ];
  claims.push(...replayed);
  if (model === null || replayed.some(({ status }) => status !== "holds")) {
    claims.push(unchecked("parity", "the artefact that the plan gives", "another one: it is not run"));
    return claims;
  }
  // Parity is about the model before any weight update, which is built here from the source.
  const check = data === null ? input : { ...input, masks: data.masks };
  claims.push(await parityClaim(receipt, subject, steps, applied.maskedBytes, check));
  const { pruned } = applied;
  const calibrated = await calibrationClaims(receipt, subject, plan, steps, pruned, model, input);
  claims.push(...calibrated.claims);
  if (masks.length > 0 && weightSteps(plan.steps).length > 0 && calibrated.recovered !== null)
    claims.push(await maskedRecoveryClaim(applyMasks(calibrated.recovered, masks, data), model, input.host));
  const models = { sliced: pruned, start: calibrated.recovered, artefact: model };
  claims.push(...(await trainingClaims(receipt, subject, plan, models, input)));
  const deployed = input.files.get(receipt.artefact.path) ?? null;
  claims.push(...(await exportedAccuracyClaims(receipt, subject, plan, deployed, input)));
  return claims;
}

/** The artefact names its source and its plan. */
function metadataClaim({ source, plan }: Receipt, { model }: Subject): Claim {
  const found = ["espalier.source_sha256", "espalier.plan_sha256"].map((key) => model.metadataProps.get(key));
  return comparedData("metadata of the artefact", [source.sha256, plan?.sha256], found);
}

/** Why there is no artefact: nothing to remove, a dimension left open, or a model that does not run. */
async function nothingClaim(
  input: VerifyInput,
  plan: PruningPlan,
  steps: readonly KeptUnits[],
  subject: Subject,
): Promise<Claim> {
  const name = "nothing could be pruned";
  const open = subject.unbound[0];
  if (plan.steps.length === 0) return holds(name, "the plan has no step");
  if (open !== undefined) return holds(name, `dimension ${open.option} is open`);
  const { prunedBytes } = applyStructural(subject, steps, plan, input.receipt.plan?.sha256 ?? "");
  return runsNowhereClaim(name, input.receipt, subject, steps, prunedBytes, input);
}

/** Claims about a file: what it throws because of its content fails one. */
function attempt(name: string, claims: () => Claim[]): Claim[] {
  try {
    return claims();
  } catch (error) {
    if (!isEspalierError(error) || error.code === "ABORTED") throw error;
    return [fails(name, "no error", error.message)];
  }
}
