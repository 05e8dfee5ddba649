// The CPU target: a smaller dense ONNX model for onnxruntime-node, proven and measured there.

import {
  applyStructural,
  checkSteps,
  openSubject,
  type Parity,
  type PruningPlan,
  planStructural,
  planText,
  proveStructural,
  type RefusalEntry,
  type SliceStep,
  type Subject,
  type Unavailable,
  type WidthRow,
} from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { makeReceipt, type ReceiptParts } from "./make-receipt.js";
import { measure } from "./measure.js";
import type { ArtefactFile, CpuOptions, CpuResult, CpuRunOptions } from "./options.js";

/** A plan with what it was made from. */
export interface PlannedModel {
  readonly plan: PruningPlan;
  readonly widths: readonly WidthRow[];
  readonly refused: readonly RefusalEntry[];
  readonly subject: Subject;
}

/**
 * Chooses what to remove; nothing is removed.
 * @throws EspalierError reading errors; `INVALID_OPTION`
 */
export async function plan(bytes: Uint8Array, options: Omit<CpuOptions, "runtime">): Promise<PlannedModel> {
  const subject = openSubject(bytes, options);
  const { plan: made, made: details } = planStructural(
    subject,
    await options.host.sha256(bytes),
    "cpu",
    options,
  );
  return { plan: made, widths: details.widths, refused: details.refused, subject };
}

/**
 * Prunes a model for onnxruntime on the CPU: removes units, proves the result equal to the masked original on
 * the runtime, and measures both.
 *
 * @throws EspalierError reading errors; `INVALID_OPTION`; `MISMATCH` when the proof fails; `TIMEOUT`, `MEMORY`
 */
export async function prune(bytes: Uint8Array, options: CpuOptions): Promise<CpuResult> {
  return finish(bytes, await plan(bytes, options), options);
}

/**
 * Replays a plan on the model it was made for: the same bytes on any machine.
 * @throws EspalierError `PLAN_MISMATCH`
 */
export async function apply(
  pruningPlan: PruningPlan,
  bytes: Uint8Array,
  options: CpuRunOptions,
): Promise<CpuResult> {
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
  return finish(bytes, { plan: pruningPlan, widths, refused: [], subject }, options);
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

async function finish(bytes: Uint8Array, planned: PlannedModel, options: CpuRunOptions): Promise<CpuResult> {
  const { subject, plan: pruningPlan, refused } = planned;
  const { steps } = pruningPlan;
  const planBytes = new TextEncoder().encode(planText(pruningPlan));
  const planSha256 = await options.host.sha256(planBytes);
  const files: ArtefactFile[] = [{ path: "plan.json", role: "plan", bytes: planBytes }];
  const result = async (more: Pick<ReceiptParts, "parity" | "outcome" | "refused">): Promise<CpuResult> => ({
    files,
    plan: pruningPlan,
    receipt: await makeReceipt({ ...planned, ...more, sourceBytes: bytes, planBytes, planSha256 }, options),
    source: subject.model,
    pruned: more.outcome?.pruned ?? null,
    subject,
  });
  const nothing = (parity: Unavailable | null, why: readonly RefusalEntry[] = []): Promise<CpuResult> =>
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

  const parity: Parity = proof.parity;
  const models = { source: bytes, before: baselineBytes, after: prunedBytes };
  const measured = options.measure === false ? null : await measure(options, models, proof.feeds[0] ?? {});
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
