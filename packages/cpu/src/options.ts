// Options and results of the CPU target.

import type {
  Feeds,
  Host,
  ProgressListener,
  PruningPlan,
  Receipt,
  RunLimits,
  Runtime,
  StructuralOptions,
  Subject,
} from "@espalier/core";
import type { Model } from "@espalier/ir";

/** What the CPU target needs from the world, and what it may leave out. */
export interface CpuRunOptions extends Omit<StructuralOptions, "budget">, RunLimits {
  readonly runtime: Runtime;
  readonly host: Host;
  /** Random input sets for parity; default 8. */
  readonly inputs?: number;
  /** Real inputs, tried before the random ones; the first of all is what latency is measured on. */
  readonly realInputs?: readonly Feeds[];
  /** Measure latency and footprint; default true. */
  readonly measure?: boolean;
  /** Thread counts to measure beside one; default none. */
  readonly threadsBeside?: readonly number[];
  /** Command line that the receipt repeats. */
  readonly command?: readonly string[];
  readonly onProgress?: ProgressListener;
}

export interface CpuOptions extends CpuRunOptions {
  readonly budget: StructuralOptions["budget"];
}

/** One file of an artefact, as bytes: nothing is written here. */
export interface ArtefactFile {
  readonly path: string;
  readonly role: "model" | "plan";
  readonly bytes: Uint8Array;
}

export interface CpuResult {
  /** The model, when something could be pruned, and the plan. Receipt and report are the caller's to write. */
  readonly files: readonly ArtefactFile[];
  readonly plan: PruningPlan;
  readonly receipt: Receipt;
  readonly source: Model;
  /** null when nothing could be pruned. */
  readonly pruned: Model | null;
  readonly subject: Subject;
}
