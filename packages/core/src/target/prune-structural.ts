// The pipeline of targets that remove units: plan, remove, prove, export where the artefact is no ONNX file, measure,
// account for.

import { EspalierError } from "@espalier/ir";
import { modelBytes } from "../parity/parity.js";
import { applyMasks } from "../plan/apply-masks.js";
import { keptUnits } from "../plan/kept-units.js";
import { finetuneStep, maskSteps, type PruningPlan, type SliceStep, weightSteps } from "../plan/plan.js";
import { openPlanData } from "../plan/plan-data.js";
import { checkOrders, checkSteps, trainingDataMissing } from "../plan/removal.js";
import type { RefusalEntry, WidthRow } from "../receipt/receipt.js";
import type { Unavailable } from "../runtime.js";
import { applyStructural, stampModel } from "./apply-structural.js";
import { isDropBudget } from "./budget.js";
import { choosePlan } from "./choose-plan.js";
import { besideModel, denseExport, modelFiles, planBytes } from "./deployed-files.js";
import { checkedOn, type ExportFormat, isRefused } from "./export-format.js";
import { inOnePiece } from "./in-one-piece.js";
import { judgeExport } from "./judge-export.js";
import { measureExport } from "./measure-export.js";
import { measureStructural } from "./measure-structural.js";
import { planNothing } from "./plan-structural.js";
import { proveStructural } from "./prove-structural.js";
import { exportOptionsOf, quantizeExport, requireObservable } from "./quantize-export.js";
import { planInputs, recoverStructural } from "./recover-structural.js";
import { retrainStructural } from "./retrain-structural.js";
import type {
  PlannedModel,
  PlanningRunOptions,
  TargetOptions,
  TargetResult,
  TargetRunOptions,
} from "./run-options.js";
import { makeReceipt, type ReceiptParts } from "./structural-receipt.js";
import { openSubject, type Subject } from "./subject.js";

/** What of a target the pipeline has to know. */
export interface DeployedAs {
  readonly name: string;
  /** The format of its artefact; absent where that is ONNX. */
  readonly format?: ExportFormat;
}

/**
 * Chooses what to remove; nothing is removed. From a network that the format of the target cannot hold nothing is: the
 * refusals say why, before anything is measured.
 * @throws EspalierError reading errors; `INVALID_OPTION`; `CALIBRATION_MISSING`
 */
export async function planModel(
  { name, format }: DeployedAs,
  bytes: Uint8Array,
  options: PlanningRunOptions,
): Promise<PlannedModel> {
  const source = { sha256: await options.host.sha256(bytes), bytes: bytes.byteLength };
  const subject = openSubject(bytes, options);
  requireCosted(format, options);
  if (format !== undefined && subject.unbound.length === 0) {
    const { export: settings = {}, budget } = options;
    const dense = format.export(subject.model, { bindings: subject.bindings, settings });
    if (isRefused(dense))
      return planNothing(
        subject,
        source,
        name,
        { ...options, budget: isDropBudget(budget) ? { ratio: 0 } : budget },
        dense.refused,
      );
  }
  return choosePlan(subject, source, name, options);
}

/** @throws EspalierError `INVALID_OPTION` for a latency of what nothing was measured on */
function requireCosted(format: ExportFormat | undefined, options: PlanningRunOptions): void {
  const choice = "latency" in options.budget ? (format?.uncosted?.(options.export ?? {}) ?? null) : null;
  if (choice === null) return;
  throw new EspalierError("INVALID_OPTION", "No costs are measured for a file of this form", {
    where: choice,
    expected: "float32 or float16 weights in dense storage, or a budget of MACs, parameters or size",
    found: String(options.export?.[choice]),
  });
}

/**
 * Prunes a model: removes units, proves the result equal to the masked original on the runtime, recovers its weights
 * on calibration inputs where there are some, trains it where something trains, and measures both.
 *
 * @throws EspalierError reading errors; `INVALID_OPTION`; `MISMATCH` when the proof fails
 */
export async function pruneModel(
  target: DeployedAs,
  bytes: Uint8Array,
  options: TargetOptions,
): Promise<TargetResult> {
  requireObservable(target.format, options);
  return executePlan(target, bytes, await planModel(target, bytes, options), options);
}

/**
 * Replays a plan on the model it was made for: the same bytes on any machine. Weight updates need the plan's
 * calibration inputs, training its data; they give the same bytes on the same kind of machine; elsewhere they agree
 * within the plan's tolerance, and the result comes with a plan that names its own weights.
 *
 * @throws EspalierError `PLAN_MISMATCH`; `INVALID_PLAN` where plan.bin is missing or another one; `CALIBRATION_MISSING`;
 *   `DATA_MISSING`
 */
export async function applyPlan(
  target: DeployedAs,
  pruningPlan: PruningPlan,
  bytes: Uint8Array,
  options: TargetRunOptions,
): Promise<TargetResult> {
  const found = await options.host.sha256(bytes);
  if (found !== pruningPlan.source.sha256) {
    throw new EspalierError("PLAN_MISMATCH", "The plan was made for another model", {
      where: "source.sha256",
      expected: pruningPlan.source.sha256,
      found,
      unblock: "Apply a plan only to the file it was made for.",
    });
  }
  const subject = openSubject(bytes, { ...options, dims: pruningPlan.bindings });
  const steps = checkSteps(subject.analysis, pruningPlan.steps, "replay");
  const data = await openPlanData(pruningPlan, options.planData ?? null, options.host);
  if (data !== null) checkOrders(subject.analysis, pruningPlan.steps, data.orders);
  if (weightSteps(pruningPlan.steps).length > 0) planInputs(pruningPlan, options.calibration);
  const training = finetuneStep(pruningPlan.steps);
  if (training !== null && options.retrain == null)
    throw trainingDataMissing(training.data, "nothing that trains");
  const widths = steps.map((step) => widthRow(subject, step));
  const costTable = options.costTable ?? null;
  return executePlan(
    target,
    bytes,
    { plan: pruningPlan, widths, refused: [], subject, costTable, trade: null, data },
    options,
  );
}

function widthRow(subject: Subject, step: SliceStep): WidthRow {
  const group = subject.analysis.groups.find((one) => one.id === step.group);
  return {
    group: step.group,
    kind: group?.kind ?? "channel",
    before: step.width,
    after: step.keep.length,
    asked: step.keep.length,
    exact: group?.exact ?? true,
    members: group?.members.length ?? 0,
  };
}

/**
 * Does what a plan says: removes, proves, recovers, masks, measures.
 *
 * @throws EspalierError `MISMATCH` when the proof fails; `INVALID_OPTION` where masked weights were to be trained
 */
export async function executePlan(
  { format }: DeployedAs,
  bytes: Uint8Array,
  planned: PlannedModel,
  given: TargetRunOptions,
): Promise<TargetResult> {
  const { subject, refused, fitted, data = null } = planned;
  const options = fitted === undefined ? given : { ...given, calibration: fitted };
  const steps = keptUnits(planned.plan.steps, data);
  const masks = maskSteps(planned.plan.steps);
  const result = async (
    pruningPlan: PruningPlan,
    more: Pick<ReceiptParts, "model" | "parity" | "outcome" | "refused" | "recovery" | "accuracy">,
  ): Promise<TargetResult> => {
    const costTable = planned.costTable ?? null;
    const beside = besideModel(pruningPlan, costTable, data);
    return {
      files: [...more.model, ...beside],
      plan: pruningPlan,
      receipt: await makeReceipt(
        {
          ...planned,
          ...more,
          plan: pruningPlan,
          sourceBytes: bytes,
          beside,
          given: given.calibration ?? null,
        },
        options,
      ),
      source: subject.model,
      pruned: more.outcome?.pruned ?? null,
      subject,
      costTable,
    };
  };
  const nothing = (parity: Unavailable | null, why: readonly RefusalEntry[] = []): Promise<TargetResult> =>
    result(planned.plan, {
      ...{ model: [], parity, outcome: null, refused: [...refused, ...why] },
      ...{ recovery: [], accuracy: null },
    });

  if (steps.length === 0 && masks.length === 0) return nothing(null);
  if (masks.length > 0 && options.retrain != null) throw maskedTraining();
  const unbound = unboundRefusal(subject);
  if (unbound !== null) return nothing({ unavailable: unbound.code, unblock: unbound.unblock }, [unbound]);

  options.onProgress?.({ phase: "slice", done: 0, total: 1, unit: "models" });
  const sliced = applyStructural(subject, steps, planned.plan, "");
  options.onProgress?.({ phase: "slice", done: 1, total: 1, unit: "models" });
  const masked = masks.length === 0 ? sliced.prunedBytes : modelBytes(applyMasks(sliced.pruned, masks, data));
  const proof = await proveStructural(subject, steps, masked, options.runtime, {
    ...options,
    ...(data === null ? {} : { masks: data.masks }),
    seed: planned.plan.seed,
    count: options.inputs ?? 8,
    inputs: options.realInputs ?? [],
  });
  if ("refused" in proof)
    return nothing({ unavailable: proof.refused.code, unblock: proof.refused.unblock }, [proof.refused]);

  // The proof is about the removal alone: what a recovery changes is another function on purpose.
  const unmasked = {
    ...planned.plan,
    steps: planned.plan.steps.filter(({ kind }) => kind !== "mask" && kind !== "quantize"),
  };
  const recovered = await recoverStructural(subject, steps, sliced.pruned, unmasked, options);
  const trained = await retrainStructural(
    subject,
    { sliced: sliced.pruned, start: applyMasks(recovered.model, masks, data) },
    planned.plan,
    { ...recovered.plan, steps: [...recovered.plan.steps, ...masks] },
    options,
  );
  const { model, entry } = trained;
  const plan = await quantizeExport(format, model, planned.plan, trained.plan, options);
  stampModel(model, plan, await options.host.sha256(planBytes(plan)));
  const prunedBytes = modelBytes(model);
  const written = exportOptionsOf(plan);
  const exported = format?.export(model, written) ?? null;
  if (exported !== null && isRefused(exported)) return nothing(null, exported.refused);
  const placed = checkedOn(format, options);
  const agreement =
    exported === null ? null : await measureExport(prunedBytes, exported, proof.feeds, placed);
  const accuracy = await judgeExport(trained.accuracy, exported, subject, planned.plan, placed);
  const measured =
    options.measure === false
      ? null
      : await measureStructural(
          options,
          exported === null
            ? { source: inOnePiece(bytes, options), before: sliced.baselineBytes, after: prunedBytes }
            : {
                before: denseExport(format, sliced.baselineBytes, written),
                after: exported.bytes,
              },
          proof.feeds[0] ?? {},
          planned,
        );
  const outcome = { pruned: model, agreement, cleanups: sliced.cleanups, measured };
  const files = modelFiles(prunedBytes, exported, format);
  const recovery = [...recovered.entries, ...(entry === null ? [] : [entry])];
  return result(plan, { model: files, parity: proof.parity, outcome, refused, recovery, accuracy });
}

function maskedTraining(): EspalierError {
  return new EspalierError("INVALID_OPTION", "Training does not keep masks, so the pattern would be lost", {
    where: "--data",
    expected: "no masks (--granularity channel), or no training",
    found: "both",
  });
}

function unboundRefusal({ unbound }: Subject): RefusalEntry | null {
  const [first] = unbound;
  if (first === undefined) return null;
  const options = unbound.map(({ option }) => `--dim ${option}=N`).join(" ");
  return {
    group: null,
    node: null,
    code: "UNBOUND_DIMENSION",
    reason: `Dimension ${first.option} of input ${first.input} is symbolic, so the result can be neither run nor proven.`,
    unblock: `Bind it: ${options}.`,
  };
}
