// The pruning plan: what is done to a model, step by step, as plain data. Made by a target, applied by
// `applyPlan`, replayed by anyone. Structural steps give the same bytes on any machine.

/** What one `slice` step removes: the units of one coupled group that are not in `keep`. */
export interface SliceStep {
  readonly kind: "slice";
  /** Id of the coupled group: `<value>#<axis>[.<factor>]`. */
  readonly group: string;
  /** Number of units before. */
  readonly width: number;
  /** Units kept: sorted, unique, at least one, below `width`. */
  readonly keep: readonly number[];
  /** Why these and so many: code and sentence. */
  readonly reason: string;
}

/**
 * One `update-weights` step: the weights of the sliced model solved anew on calibration inputs (`recover`). It is
 * replayed with the same inputs: to the same bytes with the same runtime, threads and kind of machine, else to
 * `tolerance`.
 */
export interface UpdateWeightsStep {
  readonly kind: "update-weights";
  /** Any of "reconstruct", "bias", "batch-norm", in this order. */
  readonly methods: readonly RecoveryMethod[];
  readonly options: {
    readonly ridge: number;
    readonly scope: "downstream" | "consumers";
    readonly shortcuts: boolean;
    readonly maxRows: number;
    readonly seed: number;
  };
  /** Digest of the calibration inputs (`digestInputs`), and how many sets of them there are. */
  readonly dataSha256: string;
  readonly count: number;
  /** Output error against the dense model on these inputs, before and after. */
  readonly before: number;
  readonly after: number;
  /** Digest of all weights afterwards (`digestWeights`). */
  readonly resultSha256: string;
  /** Largest |after − replayed after| / max(after, 1e-6) that counts as the same result elsewhere. */
  readonly tolerance: number;
  readonly reason: string;
}

/**
 * - `reconstruct`: weights and bias by least squares
 * - `bias`: only the bias, so that the mean of every output channel is right
 * - `batch-norm`: mean and variance of every batch normalisation measured anew
 */
export type RecoveryMethod = "reconstruct" | "bias" | "batch-norm";

/** Later kinds: mask, permute, quantize, share, finetune. Unknown kinds are an error. */
export type PlanStep = SliceStep | UpdateWeightsStep;

/** The steps that remove. */
export function sliceSteps(steps: readonly PlanStep[]): readonly SliceStep[] {
  return steps.filter((step) => step.kind === "slice");
}

/** The steps that change weights. */
export function weightSteps(steps: readonly PlanStep[]): readonly UpdateWeightsStep[] {
  return steps.filter((step) => step.kind === "update-weights");
}

/** What was asked for: a fraction of units to remove, or what may stay of a cost. */
export interface PlanBudget {
  readonly kind: "ratio" | "latency" | "macs" | "params" | "size";
  readonly value: number;
  /** Of a cost: a fraction of the dense network's, or its own unit. Absent for a ratio. */
  readonly unit?: "fraction" | "ms" | "MACs" | "parameters" | "bytes";
}

/** What the planner expects of the result, in the unit of the budget. */
export interface PlanPrediction {
  readonly unit: "ms" | "MACs" | "parameters" | "bytes";
  readonly before: number;
  readonly after: number;
}

export interface PlanOptions {
  readonly granularity: string;
  readonly criterion: string;
  readonly allocation: string;
  readonly schedule: string;
  readonly step: number;
  readonly minWidth: number;
  /** No group loses more than this fraction of its units; 1 where nothing was said. */
  readonly maxRatio?: number;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly keepOverridable: boolean;
}

export interface PruningPlan {
  readonly schema: 1;
  readonly tool: string;
  readonly version: string;
  readonly source: { readonly sha256: string; readonly path: string };
  readonly bindings: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly target: string;
  readonly budget: PlanBudget;
  readonly options: PlanOptions;
  /** The cost table the widths were chosen by. */
  readonly costTable: { readonly sha256: string; readonly origin: string } | null;
  /** null for a ratio. */
  readonly predicted?: PlanPrediction | null;
  readonly steps: readonly PlanStep[];
}
