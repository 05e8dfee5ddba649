// From options to a plan: sensitivities are measured where the widths need them, and the budget is searched where
// only a drop was asked for.

import { EspalierError } from "@espalier/ir";
import { digestInputs } from "../calibration/digest.js";
import { eligibleGroups } from "../plan/make-plan.js";
import { measureSensitivity, type Sensitivity } from "../reconstruct/measure-sensitivity.js";
import { type DropBudget, isDropBudget } from "./budget.js";
import { type Calibration, calibrationRun, itemsOf, splitCalibration } from "./calibration.js";
import { planStructural } from "./plan-structural.js";
import type { PlannedModel, PlanningRunOptions } from "./run-options.js";
import { searchDrop } from "./search-drop.js";
import { eligibilityOf } from "./structural-options.js";
import type { Subject } from "./subject.js";

/**
 * The plan for `subject`.
 * @throws EspalierError `INVALID_OPTION`; `CALIBRATION_MISSING` where what was asked for needs calibration inputs
 */
export async function choosePlan(
  subject: Subject,
  source: { readonly sha256: string; readonly bytes: number },
  target: string,
  options: PlanningRunOptions,
): Promise<PlannedModel> {
  const { budget } = options;
  if (!isDropBudget(budget)) {
    const measured = await measuredFor(subject, options, options.calibration);
    const planned = await planStructural(subject, source, target, {
      ...options,
      ...measured?.option,
      budget,
    });
    return { ...planned, ...measured?.record };
  }
  const { runtime, ...world } = calibrated(options, options.calibration, "--max-drop");
  checkDrop(budget);
  const split = splitCalibration(world.calibration);
  const measured = await measuredFor(subject, options, split.fitted);
  const ready = { ...options, ...measured?.option, runtime };
  const planned = await searchDrop(subject, source, target, ready, budget, split);
  return { ...planned, ...measured?.record, fitted: split.fitted };
}

interface MeasuredFor {
  readonly option: { readonly sensitivity: Sensitivity };
  readonly record: Pick<PlannedModel, "sensitivity">;
}

/** Measures what allocation and criterion need; null where they need nothing. */
async function measuredFor(
  subject: Subject,
  options: PlanningRunOptions,
  calibration: Calibration | undefined,
): Promise<MeasuredFor | null> {
  const { allocation, criterion, sensitivity, host, onProgress, seed = 1 } = options;
  if (sensitivity !== undefined || (allocation !== "sensitivity" && criterion !== "reconstruction"))
    return null;
  const what = allocation === "sensitivity" ? "allocation by sensitivity" : "the criterion reconstruction";
  const { runtime, calibration: data } = calibrated(options, calibration, what);
  const eligible = new Set(eligibleGroups(subject.analysis, eligibilityOf(options)));
  const found = await measureSensitivity(subject, {
    ...calibrationRun({ ...options, runtime }),
    inputs: data.inputs,
    seed,
    maxRows: MAX_ROWS,
    only: (group) => eligible.has(group),
    ...(allocation === "sensitivity" ? {} : { fractions: [] }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const record = {
    // A receipt holds numbers only: widths at which the outputs are not finite are no points of a curve.
    curves: found.curves.map((curve) => ({
      ...curve,
      points: curve.points.filter(({ error }) => Number.isFinite(error)),
    })),
    data: await digestInputs(data.inputs, host),
    sets: data.inputs.length,
    items: itemsOf(data.inputs),
  };
  return {
    option: { sensitivity: found },
    record: allocation === "sensitivity" ? { sensitivity: record } : {},
  };
}

/** Rows of a layer that orders of elimination are computed from. */
const MAX_ROWS = 2 ** 15;

function calibrated(
  { runtime }: PlanningRunOptions,
  calibration: Calibration | undefined,
  what: string,
): { readonly runtime: NonNullable<PlanningRunOptions["runtime"]>; readonly calibration: Calibration } {
  if (calibration === undefined || calibration.inputs.length === 0) {
    throw new EspalierError("CALIBRATION_MISSING", `Calibration inputs are needed: ${what}`, {
      expected: "a few hundred inputs",
      found: "none",
      unblock: "Give them with --calibration.",
    });
  }
  if (runtime === undefined)
    throw new EspalierError("UNAVAILABLE", `A runtime is needed: ${what}`, { found: "none" });
  return { runtime, calibration };
}

function checkDrop({ maxDrop }: DropBudget): void {
  if (maxDrop >= 0 && maxDrop <= 1) return;
  throw new EspalierError("INVALID_OPTION", "An option is not usable", {
    where: "maxDrop",
    expected: "0 ≤ drop ≤ 1",
    found: String(maxDrop),
  });
}
