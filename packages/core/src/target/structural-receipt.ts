// The receipt of one run of a target that removes units.

import { inferFacts, type Model } from "@espalier/ir";
import type { TradeCurve } from "../allocation/trade-curve.js";
import { measureSparsity } from "../measure/sparsity.js";
import { countPattern } from "../n-m/nm-record.js";
import type { DenseLayer } from "../n-m/pattern-layers.js";
import { maskSteps, type PruningPlan } from "../plan/plan.js";
import type {
  AccuracyRecord,
  DropRecord,
  ExportRecord,
  Parity,
  Receipt,
  RecoveryEntry,
  RefusalEntry,
  SensitivityRecord,
  SizeBytes,
  TrainingEntry,
  WidthRow,
} from "../receipt/receipt.js";
import { isUnavailable, type Unavailable } from "../runtime.js";
import { type Calibration, itemsOf } from "./calibration.js";
import type { Measured } from "./measure-structural.js";
import type { ArtefactFile, TargetRunOptions } from "./run-options.js";
import { structuralCosts } from "./structural-costs.js";
import type { Subject } from "./subject.js";
import { VERSION } from "./version.js";

export interface ReceiptParts {
  readonly sourceBytes: Uint8Array;
  readonly subject: Subject;
  readonly plan: PruningPlan;
  /** The artefact and what it was exported from; empty when nothing could be pruned. */
  readonly model: readonly ArtefactFile[];
  /** Everything beside the model: the plan, its cost table. */
  readonly beside: readonly ArtefactFile[];
  readonly widths: readonly WidthRow[];
  readonly refused: readonly RefusalEntry[];
  readonly parity: Parity | Unavailable | null;
  readonly trade: TradeCurve | null;
  /** Layers that carry no pattern. */
  readonly dense?: readonly DenseLayer[];
  readonly recovery: readonly (RecoveryEntry | TrainingEntry)[];
  /** null where no labelled data was given. */
  readonly accuracy: AccuracyRecord | null;
  readonly sensitivity?: SensitivityRecord | null;
  readonly drop?: DropRecord | null;
  /** All calibration inputs that were given. */
  readonly given: Calibration | null;
  /** null when nothing could be pruned. */
  readonly outcome: {
    readonly pruned: Model;
    /** null where the artefact is ONNX. */
    readonly agreement: ExportRecord | null;
    readonly cleanups: readonly string[];
    readonly measured: Measured | null;
  } | null;
}

/** Everything that was found, with what it takes to check it again. */
export async function makeReceipt(parts: ReceiptParts, options: TargetRunOptions): Promise<Receipt> {
  const { sourceBytes, subject, plan, outcome, given: calibration } = parts;
  const { host } = options;
  const given = options.realInputs?.length ?? 0;
  const model = parts.model.find(({ role }) => role === "model");
  const files = await Promise.all(
    [...parts.model, ...parts.beside].map(async ({ path, bytes, role }) => ({
      path,
      sha256: await host.sha256(bytes),
      bytes: bytes.byteLength,
      role,
    })),
  );
  const listed = files.find(({ role }) => role === "model");
  const artefact =
    listed === undefined ? null : { path: listed.path, sha256: listed.sha256, bytes: listed.bytes };
  const planSha256 = files.find(({ role }) => role === "plan")?.sha256 ?? "";
  const sizes = [sourceBytes, ...(model === undefined ? [] : [model.bytes])].map((one) =>
    sizeOf(one, options),
  );
  const [before, after = before] = (await Promise.all(sizes)) as [SizeBytes, SizeBytes?];
  const { params, macs, costs } = structuralCosts(subject, outcome?.pruned ?? null);
  const footprint = outcome?.measured?.footprint;
  const prunedFacts = outcome === null ? null : inferFacts(outcome.pruned);
  const nm =
    outcome === null || prunedFacts === null
      ? null
      : countPattern(outcome.pruned, prunedFacts, maskSteps(plan.steps));
  const known = footprint === undefined || isUnavailable(footprint) ? null : footprint;
  return {
    schema: 1,
    source: {
      path: options.sourcePath ?? plan.source.path,
      sha256: plan.source.sha256,
      bytes: sourceBytes.byteLength,
    },
    artefact,
    files,
    target: plan.target,
    plan: { path: "plan.json", sha256: planSha256 },
    seed: plan.seed,
    versions: {
      espalier: VERSION,
      runtime: options.runtime.name,
      ...(options.deployment === undefined || isUnavailable(options.deployment)
        ? {}
        : { deployment: options.deployment.name }),
    },
    machine: host.machine(),
    createdAt: host.timestamp(),
    command: options.command ?? [],
    bindings: subject.bindings,
    inputs: {
      seed: plan.seed,
      count: options.inputs ?? 8,
      spec: given === 0 ? "random" : `random, and ${given} given`,
    },
    params,
    macs,
    size: { before, after },
    memory: { peakBytes: known?.peakBytes ?? null },
    load: { ms: known?.loadMs ?? null },
    sparsity:
      outcome === null || prunedFacts === null
        ? measureSparsity(subject.model, subject.facts)
        : measureSparsity(outcome.pruned, prunedFacts),
    ...(nm === null ? {} : { nm: { ...nm, dense: parts.dense ?? [] } }),
    parity: parts.parity,
    recovery: parts.recovery,
    ...(outcome?.agreement == null ? {} : { export: outcome.agreement }),
    ...(parts.accuracy === null ? {} : { accuracy: parts.accuracy }),
    ...(calibration === null
      ? {}
      : {
          calibration: {
            spec: calibration.spec ?? "given",
            sets: calibration.inputs.length,
            items: itemsOf(calibration.inputs),
          },
        }),
    ...(parts.sensitivity == null ? {} : { sensitivity: parts.sensitivity }),
    ...(parts.drop == null ? {} : { drop: parts.drop }),
    latency: outcome?.measured?.latency ?? null,
    widths: parts.widths,
    costs,
    ...(parts.trade === null ? {} : { trade: parts.trade }),
    cleanups: outcome?.cleanups ?? [],
    refused: parts.refused,
  };
}

async function sizeOf(file: Uint8Array, { host }: TargetRunOptions): Promise<SizeBytes> {
  const [gzip = null, brotli = null] = await Promise.all([
    host.gzipSize?.([file]) ?? null,
    host.brotliSize?.([file]) ?? null,
  ]);
  return { raw: file.byteLength, gzip, brotli };
}
