// The contract of a target: the hardware and runtime that a network is pruned for. Every method exists on every
// target; what a machine cannot do is answered by a refusal with a code and what would unblock it.
// `test/conformance/target.ts` holds every target to it.

import type { ExternalData, Model } from "@espalier/ir";
import type { CostTable, StairPoint } from "../cost/cost-table.js";
import type { Choice, Evidence, Granularity } from "../granularity/granularity.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import type { PruningPlan } from "../plan/plan.js";
import type { Claim } from "../receipt/claim.js";
import type { Receipt } from "../receipt/receipt.js";
import type {
  Feeds,
  Host,
  LatencyStatistics,
  ProgressListener,
  RunLimits,
  RuntimeTensor,
  Unavailable,
} from "../runtime.js";
import type { Calibration } from "./calibration.js";
import type { Deployment } from "./deployment.js";
import type { ExportOptions } from "./export-format.js";
import type { Retrain } from "./retrain.js";
import type {
  ArtefactFile,
  PlannedModel,
  PlanningRunOptions,
  TargetOptions,
  TargetResult,
  TargetRunOptions,
} from "./run-options.js";
import type { Subject } from "./subject.js";

export interface TargetCapabilities {
  /** What its artefact is. */
  readonly format: "onnx" | "tflite";
  /** Units that this target can remove or skip, whether or not that pays. */
  readonly granularities: readonly Granularity[];
  /** The runtime its claims are about: "onnxruntime on the CPU". */
  readonly runs: string;
}

/** Everything from outside that a measurement needs. */
export interface TargetWorld extends Deployment, RunLimits {
  readonly host: Host;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/** Facts of one machine by which granularities and widths are chosen. */
export interface HardwareProfile {
  readonly runtime: string;
  readonly threads: number;
  /** Widths that are no multiple of this buy nothing. */
  readonly step: number;
  readonly stair: readonly StairPoint[];
  /** Latency of a layer with 90 % zeros over the dense layer: 1 means that zeros are not skipped. */
  readonly zeros: Evidence;
  /** The same with two zeros in every four inputs. */
  readonly twoOfFour: Evidence;
}

/** Costs of one pattern at widths that may never have been built. */
export interface CostQuery {
  /** `CostPattern.key`, and its kind where the table knows nothing closer. */
  readonly key: string;
  readonly kind: string;
  readonly in: number;
  readonly out: number;
  readonly macs: number;
  /** Fraction of weights that are not zero; 1 where nothing was said. */
  readonly density?: number;
}

export interface Cost {
  readonly ms: number;
  readonly source: "measured" | "bundled";
}

export interface MeasureOptions extends TargetWorld {
  readonly feeds: Feeds;
  readonly threads?: number;
}

export interface VerifyOptions extends TargetWorld {
  readonly receipt: Receipt;
  /** The source model; null when it is not at hand. */
  readonly sourceBytes: Uint8Array | null;
  /** The files that the source keeps large tensors in. */
  readonly external?: ExternalData;
  /** The real inputs the run was given; null where there were some that cannot be had now. Default: none. */
  readonly realInputs?: readonly Feeds[] | null;
  /** The calibration inputs the run was given; without them what was recovered on them stays unchecked. */
  readonly calibration?: Calibration | null;
  /** Trains again as the plan did; null or absent where it cannot, and then why. */
  readonly retrain?: Retrain | null;
  readonly retrainMissing?: string;
}

export interface Target {
  readonly name: string;
  readonly capabilities: TargetCapabilities;
  /** Measures what this machine rewards. */
  profile(world: TargetWorld): Promise<HardwareProfile | Unavailable>;
  /** Granularities in which this group could be pruned here at all. */
  candidates(group: CoupledGroup): readonly Granularity[];
  /** Per group the granularity chosen, those rejected, and the number behind each verdict. */
  selectGranularity(subject: Subject, profile: HardwareProfile): readonly Choice[];
  /** What a kernel costs; a refusal where the table says nothing of it. */
  cost(query: CostQuery, table: CostTable): Cost | Unavailable;
  /** Chooses what to remove; nothing is removed. */
  plan(bytes: Uint8Array, options: PlanningRunOptions): Promise<PlannedModel>;
  /** The files that are deployed, from the pruned model. */
  exportModel(model: Model, options?: Partial<ExportOptions>): Promise<readonly ArtefactFile[] | Unavailable>;
  /** Runs an artefact where the target's runtime is at hand. */
  runModel(
    files: readonly ArtefactFile[],
    feeds: Feeds,
    world: TargetWorld,
  ): Promise<Readonly<Record<string, RuntimeTensor>> | Unavailable>;
  /** Latency of an artefact. */
  measureLatency(
    files: readonly ArtefactFile[],
    options: MeasureOptions,
  ): Promise<LatencyStatistics | Unavailable>;
  /** Runs the claims of a receipt again. */
  verify(files: readonly ArtefactFile[], options: VerifyOptions): Promise<readonly Claim[]>;
  /** Removes, proves, measures. */
  prune(bytes: Uint8Array, options: TargetOptions): Promise<TargetResult>;
  /** Replays a plan: the same bytes on any machine. */
  apply(plan: PruningPlan, bytes: Uint8Array, options: TargetRunOptions): Promise<TargetResult>;
}
