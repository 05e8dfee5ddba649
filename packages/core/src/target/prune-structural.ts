// The pipeline that targets share which deploy a pruned ONNX model: plan, remove, prove, measure, account for.

import { EspalierError } from "@espalier/ir";
import { costTableText } from "../cost/cost-table.js";
import { type PruningPlan, type SliceStep, sliceSteps } from "../plan/plan.js";
import { planText } from "../plan/plan-text.js";
import { checkSteps } from "../plan/removal.js";
import type { RefusalEntry, WidthRow } from "../receipt/receipt.js";
import type { Unavailable } from "../runtime.js";
import { applyStructural } from "./apply-structural.js";
import { measureStructural } from "./measure-structural.js";
import { planStructural } from "./plan-structural.js";
import { proveStructural } from "./prove-structural.js";
import type {
  ArtefactFile,
  PlannedModel,
  PlanningRunOptions,
  TargetOptions,
  TargetResult,
  TargetRunOptions,
} from "./run-options.js";
import { makeReceipt, type ReceiptParts } from "./structural-receipt.js";
import { openSubject, type Subject } from "./subject.js";

/**
 * Chooses what to remove; nothing is removed.
 * @throws EspalierError reading errors; `INVALID_OPTION`
 */
export async function planModel(
  target: string,
  bytes: Uint8Array,
  options: PlanningRunOptions,
): Promise<PlannedModel> {
  const source = { sha256: await options.host.sha256(bytes), bytes: bytes.byteLength };
  return planStructural(openSubject(bytes, options), source, target, options);
}

/**
 * Prunes a model: removes units, proves the result equal to the masked original on the runtime, and measures both.
 *
 * @throws EspalierError reading errors; `INVALID_OPTION`; `MISMATCH` when the proof fails
 */
export async function pruneModel(
  target: string,
  bytes: Uint8Array,
  options: TargetOptions,
): Promise<TargetResult> {
  return finish(bytes, await planModel(target, bytes, options), options);
}

/**
 * Replays a plan on the model it was made for: the same bytes on any machine.
 * @throws EspalierError `PLAN_MISMATCH`
 */
export async function applyPlan(
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
  const steps = checkSteps(subject.analysis, pruningPlan.steps);
  const widths = steps.map((step) => widthRow(subject, step));
  return finish(
    bytes,
    { plan: pruningPlan, widths, refused: [], subject, costTable: options.costTable ?? null, trade: null },
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

async function finish(
  bytes: Uint8Array,
  planned: PlannedModel,
  options: TargetRunOptions,
): Promise<TargetResult> {
  const { subject, plan: pruningPlan, refused, costTable } = planned;
  const steps = sliceSteps(pruningPlan.steps);
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const planBytes = encode(planText(pruningPlan));
  const planSha256 = await options.host.sha256(planBytes);
  const beside: ArtefactFile[] = [
    { path: "plan.json", role: "plan", bytes: planBytes },
    ...(costTable === null || pruningPlan.costTable === null
      ? []
      : [{ path: "cost-table.json", role: "cost-table" as const, bytes: encode(costTableText(costTable)) }]),
  ];
  const files = [...beside];
  const result = async (
    more: Pick<ReceiptParts, "parity" | "outcome" | "refused">,
  ): Promise<TargetResult> => ({
    files,
    plan: pruningPlan,
    receipt: await makeReceipt({ ...planned, ...more, sourceBytes: bytes, planSha256, beside }, options),
    source: subject.model,
    pruned: more.outcome?.pruned ?? null,
    subject,
    costTable,
  });
  const nothing = (parity: Unavailable | null, why: readonly RefusalEntry[] = []): Promise<TargetResult> =>
    result({ parity, outcome: null, refused: [...refused, ...why] });

  if (steps.length === 0) return nothing(null);
  const unbound = unboundRefusal(subject);
  if (unbound !== null) return nothing({ unavailable: unbound.code, unblock: unbound.unblock }, [unbound]);

  options.onProgress?.({ phase: "slice", done: 0, total: 1, unit: "models" });
  const { pruned, prunedBytes, baselineBytes, cleanups } = applyStructural(
    subject,
    steps,
    pruningPlan,
    planSha256,
  );
  options.onProgress?.({ phase: "slice", done: 1, total: 1, unit: "models" });
  const proof = await proveStructural(subject, steps, prunedBytes, options.runtime, {
    ...options,
    seed: pruningPlan.seed,
    count: options.inputs ?? 8,
    inputs: options.realInputs ?? [],
  });
  if ("refused" in proof)
    return nothing({ unavailable: proof.refused.code, unblock: proof.refused.unblock }, [proof.refused]);

  const { parity } = proof;
  const models = { source: bytes, before: baselineBytes, after: prunedBytes };
  const measured =
    options.measure === false
      ? null
      : await measureStructural(options, models, proof.feeds[0] ?? {}, planned);
  files.unshift({ path: "model.onnx", role: "model", bytes: prunedBytes });
  return result({ parity, outcome: { pruned, prunedBytes, cleanups, measured }, refused });
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
