// Weight updates as steps of a plan: made once with calibration inputs, replayed with the same ones.

import { EspalierError, type Model } from "@espalier/ir";
import { digestInputs, digestWeights } from "../calibration/digest.js";
import { type RecoveryOptions, type RecoveryReport, recover } from "../reconstruct/recover.js";
import type { DenseSide } from "../reconstruct/recovery-jobs.js";
import { recoveryDefaults } from "../reconstruct/settings.js";
import type { Host } from "../runtime.js";
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
  steps: readonly PlanStep[],
  options: UpdateOptions,
): Promise<UpdatedWeights> {
  const { host, inputs } = options;
  const { methods, ...settings } = recoveryDefaults(options);
  const { model, report } = await recover(pruned, dense, sliceSteps(steps), options);
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
    reason: `output error ${report.before.toPrecision(3)} → ${report.after.toPrecision(3)}`,
  };
  return { model, step, report };
}

export interface ReplayedWeights {
  readonly model: Model;
  /** True when every step gave the very weights that the plan names; else they agree within its tolerance. */
  readonly exact: boolean;
  readonly reports: readonly RecoveryReport[];
}

/**
 * Replays the weight updates of a plan on the sliced model.
 *
 * @throws EspalierError `CALIBRATION_MISSING` for other inputs than the plan was made with; `MISMATCH` when the
 * output error is another than the plan says, beyond its tolerance
 */
export async function replayWeights(
  pruned: Model,
  dense: DenseSide,
  steps: readonly PlanStep[],
  options: Omit<UpdateOptions, keyof ReturnType<typeof recoveryDefaults>>,
): Promise<ReplayedWeights> {
  const { host, inputs } = options;
  const data = await digestInputs(inputs, host);
  let model = pruned;
  let exact = true;
  const reports: RecoveryReport[] = [];
  for (const step of weightSteps(steps)) {
    if (step.dataSha256 !== data) {
      throw new EspalierError("CALIBRATION_MISSING", "These are not the plan's calibration inputs", {
        where: "update-weights",
        expected: `${step.count} input sets with digest ${step.dataSha256}`,
        found: `${inputs.length} with digest ${data}`,
        unblock: "Hand over the same calibration inputs, in the same order and batches.",
      });
    }
    const recovered = await recover(model, dense, sliceSteps(steps), {
      ...options,
      ...step.options,
      methods: step.methods,
    });
    requireSame(step, recovered.report);
    exact &&= (await digestWeights(recovered.model, host)) === step.resultSha256;
    model = recovered.model;
    reports.push(recovered.report);
  }
  return { model, exact, reports };
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
