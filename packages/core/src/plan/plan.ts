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

/** Where the data of a step lie in plan.bin. */
export interface PlanSegment {
  readonly offset: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * One `permute` step: the units of one coupled group lie in another order, on every axis of the group, so the network
 * computes what it did. In plan.bin: `width` 32-bit little-endian numbers, at each place the unit that lies there. Units
 * are numbered as in the source, here and in `slice`; of those that a `slice` removes the place says nothing.
 */
export interface PermuteStep {
  readonly kind: "permute";
  readonly group: string;
  readonly width: number;
  readonly data: PlanSegment;
  /** Σ|w| that the pattern keeps in the layers that read the group, as the units lay and as they lie now. */
  readonly kept: { readonly before: number; readonly after: number };
  readonly reason: string;
}

/**
 * One `mask` step: elements of one stored weight become 0; nothing gets smaller by it. In plan.bin: a bit for each element
 * of the row-major weight as the steps before leave it, 1 = stays, the first element in the lowest bit of the first
 * byte; bits behind the last element are 0.
 */
export interface MaskStep {
  readonly kind: "mask";
  /** Name of the weight. */
  readonly tensor: string;
  /** Its dimensions after permuting and slicing. */
  readonly dims: readonly number[];
  /** The pattern that the mask follows along an axis: {nonzero: 2, block: 4, axis: 1}; absent for single elements. */
  readonly pattern?: { readonly nonzero: number; readonly block: number; readonly axis: number };
  readonly data: PlanSegment;
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
 * One `finetune` step, the last of a plan: the network trained on labelled data. It is replayed with the same data: to the
 * same bytes with the same runtime, threads and kind of machine, else to `tolerance`.
 */
export interface FinetuneStep {
  readonly kind: "finetune";
  /** `distillation`: on the labels and on what the dense network says. `labels`: on the labels alone. */
  readonly method: "distillation" | "labels";
  readonly options: FinetuneOptions;
  readonly data: FinetuneData;
  /** On the test part. */
  readonly before: TrainedScores;
  readonly after: TrainedScores;
  /** Digest of all weights afterwards (`digestWeights`). */
  readonly resultSha256: string;
  /** Largest |accuracy − replayed accuracy| that counts as the same result elsewhere. */
  readonly tolerance: number;
  readonly reason: string;
}

export interface FinetuneOptions {
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly optimiser: "sgd" | "adam" | "adam-w";
  readonly schedule: "constant" | "step" | "cosine";
  /** What happens to the images: a random crop of the image in a black frame, and a mirror image of every second. */
  readonly augment: "none" | "crop" | "crop-flip";
  /** What batch normalisation normalises by while training: each batch's own, or the stored ones, which then stay. */
  readonly statistics: "batch" | "stored";
  readonly seed: number;
  readonly threads: number;
}

/** A data set by its name, and digests of its samples as the network is fed them. */
export interface FinetuneData {
  readonly name: string;
  /** Of what is trained on, and how many samples that are. */
  readonly sha256: string;
  readonly count: number;
  readonly testSha256: string;
  readonly testCount: number;
}

export interface TrainedScores {
  /** Mean cross-entropy. */
  readonly loss: number;
  /** Top-1. */
  readonly accuracy: number;
}

/**
 * - `reconstruct`: weights and bias by least squares
 * - `bias`: only the bias, so that the mean of every output channel is right
 * - `batch-norm`: mean and variance of every batch normalisation measured anew
 */
export type RecoveryMethod = "reconstruct" | "bias" | "batch-norm";

/**
 * One `quantize` step, the last of a plan: what the values of the exported network were seen to be on calibration inputs.
 * The artefact follows from the ranges, so replaying gives the same bytes on any machine; the ranges follow from the inputs.
 */
export interface QuantizeStep {
  readonly kind: "quantize";
  /** Weights and activations in 8-bit integers. */
  readonly method: "int8";
  /** Digest of the calibration inputs (`digestInputs`), and how many sets of them there are. */
  readonly dataSha256: string;
  readonly count: number;
  /** Least and greatest value of every tensor that the format has a range for, in its own order. */
  readonly ranges: readonly (readonly [number, number])[];
  readonly reason: string;
}

/** Later kinds: share. Unknown kinds are an error. */
export type PlanStep = PermuteStep | SliceStep | UpdateWeightsStep | MaskStep | FinetuneStep | QuantizeStep;

/** The steps that put units in another order. */
export function permuteSteps(steps: readonly PlanStep[]): readonly PermuteStep[] {
  return steps.filter((step) => step.kind === "permute");
}

/** The steps that zero elements of weights. */
export function maskSteps(steps: readonly PlanStep[]): readonly MaskStep[] {
  return steps.filter((step) => step.kind === "mask");
}

/** A mask that follows a pattern. */
export type PatternStep = MaskStep & Required<Pick<MaskStep, "pattern">>;

/** The mask steps that follow a pattern. */
export function patternSteps(steps: readonly PlanStep[]): readonly PatternStep[] {
  return maskSteps(steps).filter((step): step is PatternStep => step.pattern !== undefined);
}

/** The steps that remove. */
export function sliceSteps(steps: readonly PlanStep[]): readonly SliceStep[] {
  return steps.filter((step) => step.kind === "slice");
}

/** The steps that solve weights anew. */
export function weightSteps(steps: readonly PlanStep[]): readonly UpdateWeightsStep[] {
  return steps.filter((step) => step.kind === "update-weights");
}

/** The step that trains; null where none does. */
export function finetuneStep(steps: readonly PlanStep[]): FinetuneStep | null {
  return steps.find((step) => step.kind === "finetune") ?? null;
}

/** The step that quantises; null where none does. */
export function quantizeStep(steps: readonly PlanStep[]): QuantizeStep | null {
  return steps.find((step) => step.kind === "quantize") ?? null;
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
  /** Where the step was measured; absent where it was given. */
  readonly stepMeasured?: { readonly runtime: string; readonly threads: number };
  readonly minWidth: number;
  /** No group loses more than this fraction of its units; 1 where nothing was said. */
  readonly maxRatio?: number;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly keepOverridable: boolean;
  /** Choices of the format that the artefact is exported to, by name; absent where it is ONNX. */
  readonly export?: Readonly<Record<string, string>>;
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
  /** The file that holds orders and masks; absent where no step has any. */
  readonly data?: PlanDataFile;
  readonly steps: readonly PlanStep[];
}

/** plan.bin: the segments of the steps one after another in their order, without gaps. */
export interface PlanDataFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}
