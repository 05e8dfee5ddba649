// How far a network can be pruned until it loses more than is allowed: a search over budgets. Every candidate is
// planned, sliced, recovered and run on held-out inputs.

import { EspalierError, isEspalierError, type Model } from "@espalier/ir";
import { digestInputs } from "../calibration/digest.js";
import type { RunOptions } from "../calibration/frontier.js";
import { onceRun } from "../calibration/once-run.js";
import { outputError, runOutputs } from "../calibration/output-error.js";
import { stopIfAborted } from "../calibration/stop.js";
import { applySteps } from "../plan/apply-steps.js";
import { sliceSteps } from "../plan/plan.js";
import { plainRefusal } from "../plan/refusals.js";
import type { DropCandidate, DropRecord } from "../receipt/receipt.js";
import type { Budget, DropBudget } from "./budget.js";
import {
  accuracyOf,
  type Calibration,
  calibrationRun,
  itemsOf,
  type SplitCalibration,
} from "./calibration.js";
import { planStructural } from "./plan-structural.js";
import { recoverStructural } from "./recover-structural.js";
import type { PlannedModel, PlanningRunOptions, TargetRunOptions } from "./run-options.js";
import type { Subject } from "./subject.js";

/** Budgets are tried in hundredths. */
const PARTS = 100;

/**
 * Bisects the budget for the smallest network whose drop stays within `budget.maxDrop`. That the drop rises as the
 * network shrinks is assumed between the candidates; the one that is taken was itself measured.
 *
 * Drop: dense accuracy − accuracy where the inputs have labels, else the relative squared error of the outputs against
 * the dense network's (`outputError`).
 */
export async function searchDrop(
  subject: Subject,
  source: { readonly sha256: string; readonly bytes: number },
  target: string,
  options: PlanningRunOptions & Pick<TargetRunOptions, "runtime">,
  budget: DropBudget,
  { fitted, judged }: SplitCalibration,
): Promise<PlannedModel> {
  const { maxDrop, over } = budget;
  const how = calibrationRun(options);
  const judge = await dropOf(subject, judged, how);
  // The dense network has then run on all inputs where it can be stopped.
  await runOutputs(subject.model, fitted.inputs, how);
  const inside = onceRun(how, subject.model);
  const candidates: DropCandidate[] = [];
  let best: { planned: PlannedModel; drop: number } | null = null;
  let last: PlannedModel | null = null;
  // Hundredths kept: `met` is the smallest known to do, `missed` the largest known not to.
  let [met, missed] = [PARTS, 0];
  const rounds = Math.ceil(Math.log2(PARTS));
  for (let round = 0; met - missed > 1; round++) {
    stopIfAborted(options.signal);
    options.onProgress?.({ phase: "searching the size", done: round, total: rounds, unit: "candidates" });
    const kept = (met + missed) >> 1;
    const value = over === "ratio" ? (PARTS - kept) / PARTS : kept / PARTS;
    const { onProgress: _, ...quiet } = options;
    const asked = { [over]: value } as unknown as Budget;
    const planned = await planStructural(subject, source, target, { ...quiet, budget: asked });
    last = planned;
    const unreachable = planned.refused.some(({ code }) => code === "BUDGET_UNREACHABLE");
    const built = unreachable ? null : await build(subject, planned, fitted, quiet, inside);
    const measured = built === null ? Number.NaN : await judge(built);
    const drop = Number.isFinite(measured) ? measured : null;
    const passes = drop !== null && drop <= maxDrop;
    candidates.push({ value, drop, met: passes });
    if (passes) {
      met = kept;
      best = { planned, drop };
    } else missed = kept;
  }
  const record: DropRecord = {
    measure: judge.measure,
    limit: maxDrop,
    over,
    dense: judge.dense,
    found: best?.drop ?? null,
    data: await digestInputs(judged.inputs, options.host),
    sets: judged.inputs.length,
    items: itemsOf(judged.inputs),
    candidates,
  };
  if (best !== null && best.planned.plan.steps.length > 0) return { ...best.planned, drop: record };
  if (last === null) throw new Error("no candidate was tried");
  return unpruned(best?.planned ?? last, record);
}

/** Nothing is small enough and good enough. */
function unpruned(planned: PlannedModel, drop: DropRecord): PlannedModel {
  const refusal = { ...plainRefusal("DROP_UNREACHABLE", "", `the limit is ${drop.limit}`), group: null };
  return {
    ...planned,
    plan: { ...planned.plan, steps: [] },
    widths: planned.widths.map((row) => ({ ...row, after: row.before })),
    refused: [...planned.refused.filter(({ code }) => code !== "BUDGET_UNREACHABLE"), refusal],
    drop,
  };
}

/** The candidate, recovered; null where its outputs are not finite. */
async function build(
  subject: Subject,
  { plan }: PlannedModel,
  fitted: Calibration,
  options: TargetRunOptions,
  how: RunOptions,
): Promise<Model | null> {
  const { model, facts, analysis, handlers } = subject;
  const steps = sliceSteps(plan.steps);
  const sliced = applySteps(model, facts, analysis, steps, handlers, plan.options).model;
  if (steps.length === 0) return sliced;
  const { labels: _, ...unlabelled } = fitted;
  try {
    return (
      await recoverStructural(subject, steps, sliced, plan, { ...options, calibration: unlabelled }, how)
    ).model;
  } catch (error) {
    if (isEspalierError(error, "NONFINITE")) return null;
    throw error;
  }
}

/** Measures the drop of candidates on `judged`. @throws EspalierError `INVALID_OPTION` when there is nothing to judge on */
export async function dropOf(
  { model }: Pick<Subject, "model">,
  { inputs, labels }: Calibration,
  how: RunOptions,
): Promise<((candidate: Model) => Promise<number>) & Pick<DropRecord, "measure" | "dense">> {
  if (inputs.length === 0) {
    throw new EspalierError("INVALID_OPTION", "There are too few calibration inputs to hold some out", {
      expected: "at least 4 sets of them",
      unblock: "Give more calibration inputs.",
    });
  }
  const reference = await runOutputs(model, inputs, how);
  const run = onceRun(how, model);
  if (labels == null) {
    const judge = async (candidate: Model): Promise<number> =>
      outputError(reference, await runOutputs(candidate, inputs, run));
    return Object.assign(judge, { measure: "output error" as const, dense: null });
  }
  const dense = accuracyOf(reference, labels);
  const judge = async (candidate: Model): Promise<number> =>
    dense - accuracyOf(await runOutputs(candidate, inputs, run), labels);
  return Object.assign(judge, { measure: "accuracy" as const, dense });
}
