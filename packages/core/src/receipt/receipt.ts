// The receipt: what was done, what it gave, and what was refused, with everything needed to check it
// again. Plain data, `schema: 1`. Holds times, so receipts are not compared by bytes.

import type { TradeCurve } from "../allocation/trade-curve.js";
import type { NmRecord } from "../n-m/nm-record.js";
import type { FinetuneStep, RecoveryMethod, TrainedScores } from "../plan/plan.js";
import type { LeftLayer } from "../reconstruct/left-layers.js";
import type { SensitivityCurve } from "../reconstruct/measure-sensitivity.js";
import type { LatencyStatistics, Unavailable } from "../runtime.js";

/** before → after of one quantity; null with `reason` where it cannot be known. */
export interface Change {
  readonly before: number | null;
  readonly after: number | null;
  /** Code such as `UNBOUND_DIMENSION`, when either side is null. */
  readonly reason?: string;
  readonly unblock?: string;
}

/** Bytes of a file, plain and as it would be downloaded. */
export interface SizeBytes {
  readonly raw: number;
  readonly gzip: number | null;
  readonly brotli: number | null;
}

export interface Parity {
  /** What the artefact was compared with: the original with the removed positions neutralised. */
  readonly reference: "masked";
  readonly maxAbs: number;
  readonly maxRel: number;
  readonly outputs: readonly {
    readonly name: string;
    readonly maxAbs: number;
    readonly maxRel: number;
    readonly ties: number;
  }[];
  /** Number of input sets tried. */
  readonly inputs: number;
  /** Largest maxRel that passes. */
  readonly tolerance: number;
}

/** How an artefact of another format agrees with the network it was written from. */
export interface ExportRecord {
  readonly reference: "pruned onnx";
  /** File of that network, beside the artefact. */
  readonly path: string;
  /** The runtime that ran the artefact; null where it was not at hand, with `reason`. */
  readonly runtime: string | null;
  readonly maxAbs: number | null;
  readonly maxRel: number | null;
  /** Number of input sets tried. */
  readonly inputs: number;
  /** Largest maxRel that passes; null where precision was given up on purpose. */
  readonly tolerance: number | null;
  readonly reason?: string;
  readonly unblock?: string;
}

export interface RefusalEntry {
  /** Group id, or null when it is about a node or the whole model. */
  readonly group: string | null;
  readonly node: string | null;
  readonly code: string;
  readonly reason: string;
  readonly unblock: string;
}

/** One row of the width ledger. */
export interface WidthRow {
  readonly group: string;
  readonly kind: string;
  readonly before: number;
  readonly after: number;
  /** Width that the ratio alone asked for, when rounding to the step changed it. */
  readonly asked: number;
  readonly exact: boolean;
  /** Tensors that shrink with it. */
  readonly members: number;
}

/** Where MACs and bytes lie: one row per node with MACs or weights, before and after. */
export interface CostRow {
  readonly node: string;
  readonly opType: string;
  readonly macs: Change;
  readonly weightBytes: Change;
}

export interface LatencyPrediction {
  readonly medianMs: number;
  readonly source: "measured" | "bundled";
  /** predicted / measured − 1, of the pruned model; null when it was measured unsteadily. */
  readonly errorRatio: number | null;
}

/** What one weight update gave back, on its calibration inputs. */
export interface RecoveryEntry {
  /** Index into the plan's steps. */
  readonly step: number;
  readonly methods?: readonly RecoveryMethod[];
  /** Digest of the inputs. */
  readonly data: string;
  /** Number of input sets. */
  readonly n: number;
  readonly before: RecoveryState;
  readonly after: RecoveryState;
  /** Layers that lost inputs and keep their sliced weights. */
  readonly left?: readonly LeftLayer[];
}

export interface RecoveryState {
  /** Relative squared error of the outputs against the dense model: 0 = the same, 1 = a constant does as well. */
  readonly outputError: number;
  /** Top-1 accuracy, where labels were given. */
  readonly accuracy?: number;
}

/** What training gave back. */
export interface TrainingEntry {
  /** Index into the plan's steps. */
  readonly step: number;
  readonly method: FinetuneStep["method"];
  readonly epochs: number;
  /** Name of the data set. */
  readonly dataset: string;
  /** Digest of the samples that were trained on. */
  readonly data: string;
  /** Number of them. */
  readonly n: number;
  /** On the test part. */
  readonly before: TrainedScores;
  readonly after: TrainedScores;
}

/** Whether an entry is about training; the others are about weights solved anew. */
export function isTraining(entry: RecoveryEntry | TrainingEntry): entry is TrainingEntry {
  return "method" in entry;
}

/** The entries about weights solved anew. */
export function recoveriesOf({ recovery }: Pick<Receipt, "recovery">): readonly RecoveryEntry[] {
  return recovery.filter((entry): entry is RecoveryEntry => !isTraining(entry));
}

/** How good the network is on the test part of a data set. */
export interface AccuracyRecord {
  readonly metric: "top-1";
  readonly dataset: string;
  /** Digest of the test samples. */
  readonly data: string;
  /** Number of them. */
  readonly n: number;
  /** Of the source, of the source with units removed, of the network after everything. */
  readonly before: number;
  readonly pruned: number;
  readonly recovered: number;
  /**
   * Of the artefact itself, where that is the network in another format, on the runtime it is for; absent where the
   * artefact is that network, where the runtime was not at hand, and in receipts from before it was counted.
   */
  readonly exported?: ExportedAccuracy;
}

/** How good the deployed file is on the same test part. */
export interface ExportedAccuracy {
  readonly accuracy: number;
  /** Where it was counted. */
  readonly runtime: string;
}

/** What each group alone costs at each width: `measureSensitivity` on these inputs. */
export interface SensitivityRecord {
  readonly curves: readonly SensitivityCurve[];
  /** Digest of the inputs (`digestInputs`), the number of their sets, and of all items in them. */
  readonly data: string;
  readonly sets: number;
  readonly items: number;
}

/** The search for the smallest network that loses no more than was allowed. */
export interface DropRecord {
  /** Top-1 accuracy where the inputs have labels, else the relative squared error of the outputs. */
  readonly measure: "accuracy" | "output error";
  readonly limit: number;
  /** What was searched over: fraction removed for a ratio, fraction kept for a cost. */
  readonly over: "ratio" | "macs" | "params" | "size";
  /** Accuracy of the dense network; null for output errors. */
  readonly dense: number | null;
  /** Drop of the artefact; null when no candidate met the limit. */
  readonly found: number | null;
  /** Digest of the held-out inputs, the number of their sets, and of all items in them. */
  readonly data: string;
  readonly sets: number;
  readonly items: number;
  /** In the order they were tried. */
  readonly candidates: readonly DropCandidate[];
}

export interface DropCandidate {
  readonly value: number;
  /** null where no widths reach the budget, or outputs are not finite. */
  readonly drop: number | null;
  readonly met: boolean;
}

export interface LatencyReport {
  readonly source: LatencyStatistics | null;
  /** The clean dense baseline. */
  readonly before: LatencyStatistics;
  readonly after: LatencyStatistics;
  /** before.medianMs / after.medianMs; null when either side is unstable. */
  readonly speedup: number | null;
  /** What the plan expected; null when it was made without a cost table. */
  readonly predicted?: LatencyPrediction | null;
  /** The same at other thread counts. */
  readonly beside?: readonly {
    readonly before: LatencyStatistics;
    readonly after: LatencyStatistics;
    readonly speedup: number | null;
  }[];
}

export interface Receipt {
  readonly schema: 1;
  readonly source: { readonly path: string; readonly sha256: string; readonly bytes: number };
  /** null when nothing could be pruned. */
  readonly artefact: { readonly path: string; readonly sha256: string; readonly bytes: number } | null;
  readonly files: readonly {
    readonly path: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly role: string;
  }[];
  readonly target: string;
  readonly plan: { readonly path: string; readonly sha256: string } | null;
  readonly seed: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly createdAt: string;
  readonly command: readonly string[];
  readonly bindings: Readonly<Record<string, number>>;
  readonly inputs: { readonly seed: number; readonly count: number; readonly spec: string };
  readonly params: Change;
  readonly macs: Change;
  readonly size: { readonly before: SizeBytes; readonly after: SizeBytes };
  readonly memory: { readonly peakBytes: number | null };
  readonly load: { readonly ms: number | null };
  readonly sparsity: { readonly zeros: number; readonly prunable: number; readonly all: number };
  /** Absent where no weights follow a pattern of zeros. A pattern makes nothing smaller. */
  readonly nm?: NmRecord;
  readonly parity: Parity | Unavailable | null;
  readonly recovery: readonly (RecoveryEntry | TrainingEntry)[];
  /** Absent where the artefact is ONNX. */
  readonly export?: ExportRecord;
  /** Absent where no labelled data was given. */
  readonly accuracy?: AccuracyRecord;
  /** The inputs that weights, widths or drops come from; absent where none were given. */
  readonly calibration?: { readonly spec: string; readonly sets: number; readonly items: number };
  readonly sensitivity?: SensitivityRecord;
  readonly drop?: DropRecord;
  readonly latency: LatencyReport | Unavailable | null;
  readonly widths: readonly WidthRow[];
  readonly costs: readonly CostRow[];
  /** What other budgets would have bought; absent where the widths were chosen by no cost. */
  readonly trade?: TradeCurve;
  readonly cleanups: readonly string[];
  readonly refused: readonly RefusalEntry[];
  /** Digest of all of this but the reports among `files`: finds changes made by accident (`sealReceipt`). */
  readonly seal?: string;
}
