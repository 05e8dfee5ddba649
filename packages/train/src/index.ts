// Data
export type { BatchSource, EvaluationSet } from "./batches/batch-source.js";
export { evaluationOf, type IndexedBatches, sourceOf } from "./batches/from-batches.js";
// Checkpoints
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint/checkpoint.js";
export { memoryStore } from "./checkpoint/memory-store.js";
export { newestCheckpoint } from "./checkpoint/newest-checkpoint.js";
export { storeBelow } from "./checkpoint/store-below.js";
// Differentiation
export { type DifferentiateOptions, differentiate } from "./differentiate/differentiate.js";
export { GradientContext } from "./differentiate/gradient-context.js";
export type {
  DrawnInput,
  MovingState,
  TrainingForm,
  TrainingOptions,
} from "./differentiate/training-form.js";
// Experiments
export {
  type ExperimentOptions,
  type ExperimentResult,
  type ExperimentRun,
  runExperiment,
} from "./experiment/experiment.js";
export { studentT } from "./experiment/student-t.js";
export { type Spread, summarise } from "./experiment/summary.js";
// Gates
export { type Gate, type GatePoint, type GateWorld, gateOfGroup } from "./gates/gate.js";
export { type GateGradientsOptions, gateGradients } from "./gates/gate-gradients.js";
export { defaultGradients, GRADIENT_RULES } from "./gradients/all.js";
export {
  createGradientRegistry,
  defineGradient,
  type GradientRegistry,
  type GradientRule,
} from "./gradients/gradient-rule.js";
export { Arithmetic, type SliceAlong } from "./graph/arithmetic.js";
// What is minimised, and how
export { type CrossEntropyOptions, crossEntropy } from "./losses/cross-entropy.js";
export { type DistillationOptions, distillation } from "./losses/distillation.js";
export { logitClasses } from "./losses/logits.js";
export type { Loss, LossContext, LossValues } from "./losses/loss.js";
export { type MeanSquaredErrorOptions, meanSquaredError } from "./losses/mean-squared-error.js";
export { type FeatureTerm, withFeatures } from "./losses/with-features.js";
export { type MaskableOptions, type MaskableWeight, maskableWeights } from "./masked/maskable-weights.js";
// Masked training
export { type GradualMaskingOptions, gradualMasking, type Masking } from "./masked/masking.js";
export {
  lotteryRates,
  type PrunedIteratively,
  type PruneIterativelyOptions,
  type PruningRound,
  pruneIteratively,
} from "./masked/prune-iteratively.js";
export { zeroMasks } from "./masked/zero-masks.js";
export { type AdamOptions, adam, adamW } from "./optimisers/adam.js";
export type { Optimiser, UpdateContext, Updated } from "./optimisers/optimiser.js";
export { type SgdOptions, sgd } from "./optimisers/sgd.js";
// Runs
export { type DistillOptions, distill } from "./run/distill.js";
export { type EvaluateOptions, evaluate, evaluateSession } from "./run/evaluate.js";
export { exposeValues } from "./run/expose-values.js";
export { type FineTuneOptions, fineTune } from "./run/fine-tune.js";
export type { CurvePoint, EvaluationPoint, History } from "./run/history.js";
export { classification, type Metric, type MetricSums, type Scores, squaredError } from "./run/metric.js";
export type { TrainingProgress } from "./run/progress.js";
export { type InitialiseParameter, type ReinitialiseOptions, reinitialise } from "./run/reinitialise.js";
export { type TrainResult, train } from "./run/train.js";
export { type TrainFromScratchOptions, trainFromScratch } from "./run/train-from-scratch.js";
export type { RunCheckpoints, TrainOptions } from "./run/train-options.js";
export { constantRate, cosineRate, type LearningRate, stepRate, warmUp } from "./schedules/learning-rate.js";
// Steps
export type { FedPort } from "./step/append-loss.js";
export {
  buildStepGraph,
  type DrawnPort,
  type ParameterPort,
  type StatePort,
  type StepGraph,
  type StepGraphOptions,
} from "./step/step-graph.js";
export {
  createTrainer,
  type PlannedStep,
  type StepResult,
  type Trainer,
  type TrainerOptions,
  type TrainingState,
} from "./step/trainer.js";
export { writeWeights } from "./step/write-weights.js";
