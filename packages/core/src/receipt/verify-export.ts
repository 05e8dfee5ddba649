// The artefact of a target whose format is not ONNX: is it the network that lies beside it, and does it compute the same?

import { isEspalierError, type Model } from "@espalier/ir";
import { digestInputs } from "../calibration/digest.js";
import { randomInputs } from "../inputs/random-inputs.js";
import { type PruningPlan, quantizeStep } from "../plan/plan.js";
import { type Feeds, type Host, isUnavailable, type Runtime, type Unavailable } from "../runtime.js";
import { type Calibration, splitCalibration } from "../target/calibration.js";
import { deploymentIn } from "../target/deployment.js";
import { checkedOn, type ExportFormat, isRefused } from "../target/export-format.js";
import { measureExport } from "../target/measure-export.js";
import { exportOptionsOf } from "../target/quantize-export.js";
import { openSubject } from "../target/subject.js";
import { type Claim, compared, fails, holds, unchecked } from "./claim.js";
import type { ExportRecord, Receipt } from "./receipt.js";

export interface ExportClaimCheck {
  readonly runtime: Runtime | null;
  readonly host: Host;
  /** The format of the target's artefact; absent where that is ONNX. */
  readonly format?: ExportFormat;
  /** The runtime that the artefact is for. */
  readonly deployment?: Runtime | Unavailable;
  /** The inputs that `inputs.spec` of the receipt speaks of; null when they are not at hand. */
  readonly specified: readonly Feeds[] | null;
  /** The inputs that `calibration` of the receipt speaks of; null or absent when they are not at hand. */
  readonly calibration?: Calibration | null;
  readonly signal?: AbortSignal;
}

/** Agreements differ between machines by the order of sums, but not by so much. */
const NOISE = 1e-5;
const WORSE = 10;

/** The artefact written again from the pruned network, and run beside it. */
export async function exportClaims(
  receipt: Receipt,
  plan: PruningPlan | null,
  pruned: Uint8Array | null,
  artefact: Uint8Array | null,
  check: ExportClaimCheck,
): Promise<Claim[]> {
  const { format, host } = check;
  const said = receipt.export;
  const written = "the artefact is the pruned network, exported";
  if (said === undefined) {
    if (format === undefined || receipt.artefact === null) return [];
    return [fails(written, "an export block", "none")];
  }
  if (format === undefined) return [fails(written, "a target whose artefact is ONNX", "an export block")];
  if (pruned === null || artefact === null || plan === null)
    return [fails(written, "the artefact, the pruned network and the plan", "not all are there")];
  try {
    const subject = openSubject(pruned, { dims: receipt.bindings });
    const { model, bindings } = subject;
    const again = format.export(model, { ...exportOptionsOf(plan), bindings });
    if (isRefused(again)) return [fails(written, "an export", again.refused[0]?.reason ?? "refused")];
    if (said.tolerance !== again.tolerance)
      return [fails("export agrees", `tolerance ${again.tolerance}`, `${said.tolerance}`)];
    const same = compared(written, await host.sha256(artefact), await host.sha256(again.bytes));
    if (same.status !== "holds") return [same];
    const feeds = [
      ...(check.specified ?? []),
      ...randomInputs(model, subject.boundFacts, subject.handlers, receipt.inputs),
    ];
    const ranges = await rangesClaim(plan, model, bindings, check);
    return [same, ...ranges, await agreementClaim(said, pruned, again, feeds, check)];
  } catch (error) {
    if (!isEspalierError(error) || error.code === "ABORTED") throw error;
    return [fails(written, "no error", error.message)];
  }
}

/** Sums of another machine may move an end of a range by its last digits. */
const RANGE_SLACK = 1e-3;

/** What a quantisation was observed to be, observed again. */
async function rangesClaim(
  plan: PruningPlan,
  model: Model,
  bindings: Readonly<Record<string, number>>,
  { format, deployment, calibration, host, signal }: ExportClaimCheck,
): Promise<Claim[]> {
  const step = quantizeStep(plan.steps);
  if (step === null) return [];
  const name = "ranges follow from the calibration inputs";
  const wanted = `${step.ranges.length} ranges on ${step.count} sets of inputs`;
  if (format?.observe === undefined) return [fails(name, "a format that observes", "none")];
  if (calibration == null) return [unchecked(name, wanted, "not at hand: give them with --calibration")];
  if (deployment === undefined || isUnavailable(deployment))
    return [unchecked(name, wanted, "no such runtime here")];
  const parts = [calibration.inputs, splitCalibration(calibration).fitted.inputs];
  const digests = await Promise.all(parts.map((inputs) => digestInputs(inputs, host)));
  const inputs = parts[digests.indexOf(step.dataSha256)];
  if (inputs === undefined) return [fails(name, `inputs with digest ${step.dataSha256}`, digests[0] ?? "")];
  const settings = plan.options.export ?? {};
  const found = await format.observe(
    model,
    { bindings, settings },
    { runtime: deployment, inputs, ...(signal === undefined ? {} : { signal }) },
  );
  const near = step.ranges.every(([min, max], i) => {
    const slack = RANGE_SLACK * Math.max(max - min, Number.MIN_VALUE);
    const range = found?.[i];
    return range !== undefined && Math.abs(range.min - min) <= slack && Math.abs(range.max - max) <= slack;
  });
  return [
    near && found?.length === step.ranges.length
      ? holds(name, wanted)
      : fails(name, wanted, "other ranges on the same inputs"),
  ];
}

async function agreementClaim(
  said: ExportRecord,
  pruned: Uint8Array,
  again: { readonly bytes: Uint8Array; readonly tolerance: number | null },
  feeds: readonly Feeds[],
  { format, runtime, deployment: deployedOn, signal }: ExportClaimCheck,
): Promise<Claim> {
  const deployment =
    runtime === null ? undefined : checkedOn(format, deploymentIn(runtime, deployedOn)).deployment;
  const name = "export agrees";
  const { maxRel, tolerance } = said;
  if (maxRel === null) return unchecked(name, "an artefact that was run", said.reason ?? "it was not");
  const text = `maxRel ${maxRel}, tolerance ${tolerance ?? "none"}`;
  if (tolerance !== null && !(maxRel <= tolerance))
    return fails(name, `maxRel ≤ ${tolerance}`, String(maxRel));
  if (runtime === null || deployment === undefined || isUnavailable(deployment))
    return unchecked(
      name,
      text,
      deployment === undefined ? "no such runtime here" : deploymentText(deployment),
    );
  const limits = signal === undefined ? {} : { signal };
  try {
    const found = await measureExport(pruned, again, feeds, { runtime, deployment, ...limits });
    if ((found.maxRel ?? Number.POSITIVE_INFINITY) > WORSE * maxRel + NOISE)
      return fails(name, text, `maxRel ${found.maxRel}`);
    return holds(name, `maxRel ${found.maxRel} on ${found.inputs} inputs, on ${found.runtime}`);
  } catch (error) {
    if (isEspalierError(error, "MISMATCH")) return fails(name, text, error.context.found ?? error.message);
    throw error;
  }
}

function deploymentText(deployment: Runtime | Unavailable): string {
  return isUnavailable(deployment) ? deployment.unblock : deployment.name;
}
