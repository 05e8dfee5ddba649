// Weight updates as steps of a plan: made once with calibration inputs, replayed with the same ones.

import { EspalierError, type Model } from "@espalier/ir";
import { digestInputs, digestWeights } from "../calibration/digest.js";
import { type RecoveryOptions, type RecoveryReport, recover } from "../reconstruct/recover.js";
import type { DenseSide } from "../reconstruct/recovery-jobs.js";
import { recoveryDefaults } from "../reconstruct/settings.js";
import type { Host } from "../runtime.js";
import type { KeptUnits } from "./kept-units.js";
import { type PlanStep, sliceSteps, type UpdateWeightsStep, weightSteps } from "./plan.js";

export interface UpdateOptions extends RecoveryOptions {
  readonly host: Pick<Host, "sha256">;
}

export interface UpdatedWeights {
  readonly model: Model;
  readonly step: UpdateWeightsStep;
  readonly report: RecoveryReport;
}

/** Recovers a sliced model, and says how as a step that `replayWeights` understands. */
export async function updateWeights(
  pruned: Model,
  dense: DenseSide,
  steps: readonly KeptUnits[],
  options: UpdateOptions,
): Promise<UpdatedWeights> {
  const { host, inputs } = options;
  const { methods, ...settings } = recoveryDefaults(options);
  const { model, report } = await recover(pruned, dense, steps, options);
  if (!Number.isFinite(report.before + report.after)) {
    throw new EspalierError("NONFINITE", "The output error on the calibration inputs is not finite", {
      found: `${report.before} → ${report.after}`,
    });
  }
  const step: UpdateWeightsStep = {
    kind: "update-weights",
    methods,
    options: settings,
    dataSha256: await digestInputs(inputs, host),
    count: inputs.length,
    before: report.before,
    after: report.after,
    resultSha256: await digestWeights(model, host),
    tolerance: REPLAY_TOLERANCE,
    reason: reasonOf(report),
  };
  return { model, step, report };
}

export interface ReplayedWeights {
  readonly model: Model;
  /** True when every step gave the very weights that the plan names; else they agree within its tolerance. */
  readonly exact: boolean;
  /** The steps as they came out here: those of the plan where it was exact. */
  readonly steps: readonly UpdateWeightsStep[];
  readonly reports: readonly RecoveryReport[];
}

/**
 * Replays the weight updates of a plan on the sliced model.
 *
 * @param kept what slices and permutations left, where units changed places
 * @throws EspalierError `CALIBRATION_MISSING` for other inputs than the plan was made with; `MISMATCH` when the
 * output error is another than the plan says, beyond its tolerance
 */
export async function replayWeights(
  pruned: Model,
  dense: DenseSide,
  steps: readonly PlanStep[],
  options: Omit<UpdateOptions, keyof ReturnType<typeof recoveryDefaults>>,
  kept: readonly KeptUnits[] = sliceSteps(steps),
): Promise<ReplayedWeights> {
  const { host, inputs } = options;
  const data = await digestInputs(inputs, host);
  let model = pruned;
  let exact = true;
  const reports: RecoveryReport[] = [];
  const done: UpdateWeightsStep[] = [];
  for (const step of weightSteps(steps)) {
    if (step.dataSha256 !== data) {
      throw new EspalierError("CALIBRATION_MISSING", "These are not the plan's calibration inputs", {
        where: "update-weights",
        expected: `${step.count} input sets with digest ${step.dataSha256}`,
        found: `${inputs.length} with digest ${data}`,
        unblock: "Hand over the same calibration inputs, in the same order and batches.",
      });
    }
    const recovered = await recover(model, dense, kept, {
      ...options,
      ...step.options,
      methods: step.methods,
    });
    requireSame(step, recovered.report);
    const resultSha256 = await digestWeights(recovered.model, host);
    const { before, after } = recovered.report;
    const same = resultSha256 === step.resultSha256;
    exact &&= same;
    model = recovered.model;
    reports.push(recovered.report);
    done.push(same ? step : { ...step, before, after, resultSha256, reason: reasonOf(recovered.report) });
  }
  return { model, exact, steps: done, reports };
}

function reasonOf({ before, after }: RecoveryReport): string {
  return `output error ${before.toPrecision(3)} → ${after.toPrecision(3)}`;
}

/** Other kernels sum in another order; least squares with its ridge keeps that small. */
const REPLAY_TOLERANCE = 1e-2;

function requireSame({ after, tolerance }: UpdateWeightsStep, report: RecoveryReport): void {
  if (Math.abs(after - report.after) <= tolerance * Math.max(after, 1e-6)) return;
  throw new EspalierError("MISMATCH", "Replaying the weight update gave another result", {
    where: "update-weights",
    expected: `output error ${after} within ${tolerance} of it`,
    found: String(report.after),
    unblock: "Use the versions that the receipt names.",
  });
}
