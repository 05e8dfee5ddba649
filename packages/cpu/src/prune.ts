// The CPU target: a smaller dense ONNX model for onnxruntime-node, proven and measured there.

import {
  applyStructural,
  checkSteps,
  type Feeds,
  type Host,
  isUnavailable,
  type LatencyReport,
  type LatencyStatistics,
  measureSparsity,
  openSubject,
  type Parity,
  type PlanStep,
  type ProgressListener,
  type PruningPlan,
  planStructural,
  planText,
  proveStructural,
  type Receipt,
  type RefusalEntry,
  type RunLimits,
  type Runtime,
  type SliceStep,
  type StructuralOptions,
  type Subject,
  structuralCosts,
  type Unavailable,
  VERSION,
  type WidthRow,
} from "@espalier/core";
import { EspalierError, inferFacts, type Model } from "@espalier/ir";

export interface CpuOptions extends StructuralOptions, RunLimits {
  readonly runtime: Runtime;
  readonly host: Host;
  /** Random input sets for parity; default 8. */
  readonly inputs?: number;
  /** Real inputs, tried beside the random ones. */
  readonly realInputs?: readonly Feeds[];
  /** Measure latency; default true. */
  readonly measure?: boolean;
  /** Thread counts to measure beside one; default none. */
  readonly threadsBeside?: readonly number[];
  /** Command line that the receipt repeats. */
  readonly command?: readonly string[];
  readonly onProgress?: ProgressListener;
}

/** One file of an artefact, as bytes: nothing is written here. */
export interface ArtefactFile {
  readonly path: string;
  readonly role: "model" | "plan" | "receipt";
  readonly bytes: Uint8Array;
}

export interface CpuResult {
  /** Model and plan; empty of a model when nothing could be pruned. The receipt is the caller's to write. */
  readonly files: readonly ArtefactFile[];
  readonly plan: PruningPlan;
  readonly receipt: Receipt;
  readonly source: Model;
  /** null when nothing could be pruned. */
  readonly pruned: Model | null;
  readonly subject: Subject;
}

/** Chooses what to remove; nothing is removed. */
export async function plan(
  bytes: Uint8Array,
  options: Omit<CpuOptions, "runtime">,
): Promise<{
  plan: PruningPlan;
  widths: readonly WidthRow[];
  refused: readonly RefusalEntry[];
  subject: Subject;
}> {
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
  const planned = await plan(bytes, options);
  return finish(
    bytes,
    planned.subject,
    planned.plan,
    planned.plan.steps,
    planned.widths,
    planned.refused,
    options,
  );
}

/**
 * Replays a plan on the model it was made for: the same bytes on any machine.
 * @throws EspalierError `PLAN_MISMATCH`
 */
export async function apply(
  pruningPlan: PruningPlan,
  bytes: Uint8Array,
  options: Omit<CpuOptions, "budget">,
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
  const widths = steps.map((step): WidthRow => widthRow(subject, step));
  return finish(bytes, subject, pruningPlan, steps, widths, [], options);
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
  subject: Subject,
  pruningPlan: PruningPlan,
  steps: readonly PlanStep[],
  widths: readonly WidthRow[],
  refused: readonly RefusalEntry[],
  options: Omit<CpuOptions, "budget">,
): Promise<CpuResult> {
  const { host } = options;
  const planBytes = encode(planText(pruningPlan));
  const planSha256 = await host.sha256(planBytes);
  const files: ArtefactFile[] = [{ path: "plan.json", role: "plan", bytes: planBytes }];
  const open = { bytes, subject, pruningPlan, planSha256, widths, options };
  const nothing = async (why: readonly RefusalEntry[], parity: Unavailable | null): Promise<CpuResult> => ({
    files,
    plan: pruningPlan,
    receipt: await makeReceipt({ ...open, refused: why, proven: null, parity }),
    source: subject.model,
    pruned: null,
    subject,
  });
  if (steps.length === 0) return nothing(refused, null);

  options.onProgress?.({ phase: "slice", done: 0, total: 1, unit: "models" });
  const { pruned, prunedBytes, baselineBytes, cleanups } = applyStructural(
    subject,
    steps,
    pruningPlan,
    planSha256,
  );
  const unbound = subject.unbound[0];
  if (unbound !== undefined) {
    const why: RefusalEntry = {
      group: null,
      node: null,
      code: "UNBOUND_DIMENSION",
      reason: `Dimension ${unbound.option} is symbolic, so the result can be neither run nor proven.`,
      unblock: `Bind it with --dim ${unbound.option}=N.`,
    };
    return nothing([...refused, why], { unavailable: "UNBOUND_DIMENSION", unblock: why.unblock });
  }
  const proof = await proveStructural(subject, steps, prunedBytes, options.runtime, {
    ...options,
    seed: pruningPlan.seed,
    count: options.inputs ?? 8,
    inputs: options.realInputs ?? [],
  });
  if ("refused" in proof)
    return nothing([...refused, proof.refused], {
      unavailable: proof.refused.code,
      unblock: proof.refused.unblock,
    });

  const latency =
    options.measure === false
      ? null
      : await measure(options, bytes, baselineBytes, prunedBytes, proof.feeds[0] ?? {});
  files.unshift({ path: "model.onnx", role: "model", bytes: prunedBytes });
  const receipt = await makeReceipt({
    ...open,
    refused,
    proven: { pruned, prunedBytes, cleanups, latency },
    parity: proof.parity,
  });
  return { files, plan: pruningPlan, receipt, source: subject.model, pruned, subject };
}

async function measure(
  options: Omit<CpuOptions, "budget">,
  source: Uint8Array,
  baseline: Uint8Array,
  pruned: Uint8Array,
  feeds: Feeds,
): Promise<LatencyReport | Unavailable> {
  const request = (threads: number, models: Record<string, Uint8Array>) =>
    options.runtime.measureLatency({
      models: Object.fromEntries(Object.entries(models).map(([label, bytes]) => [label, { bytes }])),
      feeds,
      threads,
      batch: Object.values(feeds)[0]?.dims[0] ?? null,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
  const one = await request(1, { source, before: baseline, after: pruned });
  if (isUnavailable(one)) return one;
  const beside: NonNullable<LatencyReport["beside"]>[number][] = [];
  for (const threads of options.threadsBeside ?? []) {
    const more = await request(threads, { before: baseline, after: pruned });
    if (!isUnavailable(more)) beside.push(compared(more));
  }
  return { source: one["source"] ?? null, ...compared(one), beside };
}

function compared(
  results: Readonly<Record<string, LatencyStatistics>>,
): Pick<LatencyReport, "before" | "after" | "speedup"> {
  const [before, after] = [results["before"], results["after"]];
  if (before === undefined || after === undefined) throw new Error("a latency result is missing");
  return {
    before,
    after,
    speedup: before.unstable || after.unstable ? null : before.medianMs / after.medianMs,
  };
}

interface ReceiptFacts {
  readonly bytes: Uint8Array;
  readonly subject: Subject;
  readonly pruningPlan: PruningPlan;
  readonly planSha256: string;
  readonly widths: readonly WidthRow[];
  readonly refused: readonly RefusalEntry[];
  readonly options: Omit<CpuOptions, "budget">;
  readonly parity: Parity | Unavailable | null;
  readonly proven: {
    readonly pruned: Model;
    readonly prunedBytes: Uint8Array;
    readonly cleanups: readonly string[];
    readonly latency: LatencyReport | Unavailable | null;
  } | null;
}

async function makeReceipt({
  bytes,
  subject,
  pruningPlan,
  planSha256,
  widths,
  refused,
  options,
  parity,
  proven,
}: ReceiptFacts): Promise<Receipt> {
  const { host } = options;
  const size = async (file: Uint8Array) => ({
    raw: file.byteLength,
    gzip: (await host.gzipSize?.([file])) ?? null,
    brotli: (await host.brotliSize?.([file])) ?? null,
  });
  const artefact =
    proven === null
      ? null
      : {
          path: "model.onnx",
          sha256: await host.sha256(proven.prunedBytes),
          bytes: proven.prunedBytes.byteLength,
        };
  const before = await size(bytes);
  const weighed =
    proven === null
      ? ([subject.model, subject.facts] as const)
      : ([proven.pruned, inferFacts(proven.pruned)] as const);
  const { params, macs, costs } = structuralCosts(subject, proven?.pruned ?? null);
  return {
    schema: 1,
    source: {
      path: options.sourcePath ?? pruningPlan.source.path,
      sha256: pruningPlan.source.sha256,
      bytes: bytes.byteLength,
    },
    artefact,
    files: [
      ...(artefact === null ? [] : [{ ...artefact, role: "model" }]),
      {
        path: "plan.json",
        sha256: planSha256,
        bytes: encode(planText(pruningPlan)).byteLength,
        role: "plan",
      },
    ],
    target: "cpu",
    plan: { path: "plan.json", sha256: planSha256 },
    seed: pruningPlan.seed,
    versions: { espalier: VERSION, runtime: options.runtime.name },
    machine: host.machine(),
    createdAt: host.timestamp(),
    command: options.command ?? [],
    bindings: subject.bindings,
    inputs: { seed: pruningPlan.seed, count: options.inputs ?? 8, spec: "random" },
    params,
    macs,
    size: { before, after: proven === null ? before : await size(proven.prunedBytes) },
    memory: { peakBytes: null },
    load: { ms: null },
    sparsity: measureSparsity(...weighed),
    parity,
    recovery: [],
    latency: proven?.latency ?? null,
    widths,
    costs,
    cleanups: proven?.cleanups ?? [],
    refused,
  };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
