// What a target that deploys a pruned ONNX model takes and gives.

import type { Model } from "@espalier/ir";
import type { TradeCurve } from "../allocation/trade-curve.js";
import type { CostTable } from "../cost/cost-table.js";
import type { DenseLayer } from "../n-m/pattern-layers.js";
import type { PruningPlan, RecoveryMethod } from "../plan/plan.js";
import type { PlanData } from "../plan/plan-data.js";
import type { DropRecord, Receipt, RefusalEntry, SensitivityRecord, WidthRow } from "../receipt/receipt.js";
import type { Feeds, Host, ProgressListener, RunLimits } from "../runtime.js";
import type { DropBudget } from "./budget.js";
import type { Calibration } from "./calibration.js";
import type { Deployment } from "./deployment.js";
import type { Retrain } from "./retrain.js";
import type { StructuralOptions } from "./structural-options.js";
import type { Subject } from "./subject.js";

/** What a run needs from the world, and what it may leave out. */
export interface TargetRunOptions extends Omit<StructuralOptions, "budget">, Deployment, RunLimits {
  readonly host: Host;
  /** Random input sets for parity; default 8. */
  readonly inputs?: number;
  /** Real inputs, tried before the random ones; the first of all is what latency is measured on. */
  readonly realInputs?: readonly Feeds[];
  /** Measure latency and footprint; default true. */
  readonly measure?: boolean;
  /** Thread counts to measure beside one; default none. */
  readonly threadsBeside?: readonly number[];
  /** Inputs to recover weights, measure sensitivities and judge drops on. */
  readonly calibration?: Calibration;
  /** How weights are recovered on them. Default: reconstruct; none: an empty list. */
  readonly recover?: readonly RecoveryMethod[];
  /** Trains the network after all else, or does a plan's training again; default: nothing trains. */
  readonly retrain?: Retrain | null;
  /** Costs to plan a latency by; default: those of this machine, measured or from its cache. */
  readonly costTable?: CostTable;
  /** Costs of another machine, for where nothing can be measured; a plan made by them says so. */
  readonly bundledCosts?: CostTable;
  /** plan.bin of a plan that is replayed; only plans with orders or masks have one. */
  readonly planData?: Uint8Array;
  /** Command line that the receipt repeats. */
  readonly command?: readonly string[];
  readonly onProgress?: ProgressListener;
}

export interface TargetOptions extends TargetRunOptions {
  readonly budget: StructuralOptions["budget"] | DropBudget;
}

/** To plan, a runtime is only needed where costs have to be measured. */
export type PlanningRunOptions = Omit<TargetOptions, "runtime"> & Partial<Pick<TargetOptions, "runtime">>;

/** One file of an artefact, as bytes: nothing is written here. */
export interface ArtefactFile {
  readonly path: string;
  readonly role: "model" | "pruned" | "plan" | "plan-data" | "cost-table";
  readonly bytes: Uint8Array;
}

/** A plan with what it was made from. */
export interface PlannedModel {
  readonly plan: PruningPlan;
  readonly widths: readonly WidthRow[];
  readonly refused: readonly RefusalEntry[];
  readonly subject: Subject;
  /** The cost table the plan was made by, to be kept beside it. */
  readonly costTable: CostTable | null;
  /** What other budgets would have bought; null where the widths were chosen by no cost, and for a replayed plan. */
  readonly trade: TradeCurve | null;
  /** The curves that the widths follow. */
  readonly sensitivity?: SensitivityRecord | null;
  /** The search for the largest drop that is allowed. */
  readonly drop?: DropRecord | null;
  /** Layers that carry no pattern, and why; absent where none was asked for. */
  readonly dense?: readonly DenseLayer[];
  /** Orders and masks of the plan; absent where it has none. */
  readonly data?: PlanData | null;
  /** The inputs that weights are to be recovered on, where others were held out. */
  readonly fitted?: Calibration;
}

export interface TargetResult {
  /**
   * The model, when something could be pruned, the network that it was exported from where it is no ONNX file, the plan
   * and its cost table. Receipt and report are the caller's.
   */
  readonly files: readonly ArtefactFile[];
  readonly plan: PruningPlan;
  readonly receipt: Receipt;
  readonly source: Model;
  /** null when nothing could be pruned. */
  readonly pruned: Model | null;
  readonly subject: Subject;
  readonly costTable: CostTable | null;
}
