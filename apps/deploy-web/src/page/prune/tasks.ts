// What the page asks the worker that prunes. A worker holds one network: `open` comes first.

import type { Receipt, RefusalEntry } from "@espalier/core";

export interface OpenRequest {
  /** As dropped: the network, and the files with its weights if it keeps them elsewhere. */
  readonly files: readonly File[];
  /** Sizes of symbolic dimensions, by option name. */
  readonly dims: Readonly<Record<string, number>>;
}

export interface PageGroup {
  readonly id: string;
  readonly width: number;
  readonly kind: string;
  readonly members: readonly { readonly name: string; readonly axis: number; readonly role: string }[];
  /** Why it stays as it is; null when it can be pruned. */
  readonly frozen: { readonly code: string; readonly reason: string; readonly unblock: string } | null;
}

export interface PagePort {
  readonly name: string;
  readonly shape: string;
}

export interface OpenedModel {
  readonly name: string;
  readonly bytes: number;
  readonly nodes: number;
  readonly opset: number | null;
  readonly inputs: readonly PagePort[];
  readonly outputs: readonly PagePort[];
  readonly params: number;
  readonly macs: number | null;
  readonly groups: readonly PageGroup[];
  /** Weights and nodes outside of every group that stay dense. */
  readonly dense: readonly RefusalEntry[];
  /** Symbolic dimensions that must be given sizes before anything can run. */
  readonly unbound: readonly string[];
}

export interface PruneChoice {
  /** Fraction of the units of every group that goes. */
  readonly ratio: number;
  /** Kept widths are rounded up to a multiple of it. */
  readonly step: number;
  readonly allowInexact: boolean;
}

export interface Prediction {
  readonly choice: PruneChoice;
  /** Width after, by group; those that are absent keep theirs. */
  readonly widths: Readonly<Record<string, number>>;
  readonly params: number;
  readonly macs: number | null;
  /** Of the file. */
  readonly bytes: number;
}

export interface PruneRequest extends PruneChoice {
  readonly measure: boolean;
}

export interface PrunedFile {
  readonly path: string;
  readonly role: string;
  readonly blob: Blob;
}

export interface PrunedModel {
  readonly receipt: Receipt;
  /** The model, where something could be pruned; the plan, the receipt, the report. */
  readonly files: readonly PrunedFile[];
}

export interface PruneTasks {
  readonly open: { readonly request: OpenRequest; readonly result: OpenedModel };
  readonly predict: { readonly request: PruneChoice; readonly result: Prediction };
  readonly prune: { readonly request: PruneRequest; readonly result: PrunedModel };
}
