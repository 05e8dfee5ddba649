// The quantisation of an artefact: ranges observed on calibration inputs, or those of a plan.

import { EspalierError, type Model } from "@espalier/ir";
import { digestInputs } from "../calibration/digest.js";
import { type PruningPlan, type QuantizeStep, quantizeStep } from "../plan/plan.js";
import type { ValueRange } from "../quantize/affine.js";
import { isUnavailable } from "../runtime.js";
import { deploymentOf } from "./deployment.js";
import type { ExportFormat, ExportOptions } from "./export-format.js";
import type { TargetRunOptions } from "./run-options.js";

/**
 * `plan` with its quantisation as its last step, where the choices of the format need one.
 *
 * @param asked the plan as it was made or handed over: what it observed is taken as it is
 * @throws EspalierError `CALIBRATION_MISSING` where ranges are needed and there is nothing to observe them on;
 *   `UNAVAILABLE` where the runtime of the format is not here; what observing throws
 */
export async function quantizeExport(
  format: ExportFormat | undefined,
  model: Model,
  asked: PruningPlan,
  plan: PruningPlan,
  options: TargetRunOptions,
): Promise<PruningPlan> {
  const known = quantizeStep(asked.steps);
  if (known !== null) return { ...plan, steps: [...plan.steps, known] };
  const settings = plan.options.export ?? {};
  if (format?.observe === undefined || format.observes?.(settings) !== true) return plan;
  requireObservable(format, { ...options, export: settings });
  const { calibration, host, signal, onProgress } = options;
  const inputs = calibration?.inputs ?? [];
  const runtime = deploymentOf(options);
  if (isUnavailable(runtime))
    throw new EspalierError("UNAVAILABLE", "A quantisation is observed where the artefact runs", {
      found: runtime.unavailable,
      unblock: runtime.unblock,
    });
  onProgress?.({ phase: "observing ranges", done: 0, total: 1, unit: "networks" });
  const ranges = await format.observe(
    model,
    { bindings: plan.bindings, settings },
    { runtime, inputs, ...(signal === undefined ? {} : { signal }) },
  );
  onProgress?.({ phase: "observing ranges", done: 1, total: 1, unit: "networks" });
  if (ranges === null) return plan;
  const step: QuantizeStep = {
    kind: "quantize",
    method: "int8",
    dataSha256: await digestInputs(inputs, host),
    count: inputs.length,
    ranges: ranges.map(({ min, max }) => [min, max]),
    reason: `ranges of ${ranges.length} tensors on ${inputs.length} sets of calibration inputs`,
  };
  return { ...plan, steps: [...plan.steps, step] };
}

/** Better known before minutes of work. @throws EspalierError `CALIBRATION_MISSING` */
export function requireObservable(
  format: ExportFormat | undefined,
  { export: settings = {}, calibration }: Pick<TargetRunOptions, "export" | "calibration">,
): void {
  if (format?.observes?.(settings) !== true || (calibration?.inputs.length ?? 0) > 0) return;
  throw new EspalierError("CALIBRATION_MISSING", "Calibration inputs are needed: quantisation", {
    expected: "a few hundred inputs",
    found: "none",
    unblock: "Give them with --calibration.",
  });
}

/** How a plan says that its artefact is written. */
export function exportOptionsOf({ bindings, options, steps }: PruningPlan): ExportOptions {
  const step = quantizeStep(steps);
  return {
    bindings,
    settings: options.export ?? {},
    ...(step === null ? {} : { ranges: step.ranges.map(([min, max]): ValueRange => ({ min, max })) }),
  };
}
