// Differentiation
export { type DifferentiateOptions, differentiate } from "./differentiate/differentiate.js";
export { GradientContext } from "./differentiate/gradient-context.js";
export type {
  DrawnInput,
  MovingState,
  TrainingForm,
  TrainingOptions,
} from "./differentiate/training-form.js";
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
export type { Loss, LossContext, LossValues } from "./losses/loss.js";
export { type MeanSquaredErrorOptions, meanSquaredError } from "./losses/mean-squared-error.js";
export { type AdamOptions, adam, adamW } from "./optimisers/adam.js";
export type { Optimiser, UpdateContext, Updated } from "./optimisers/optimiser.js";
export { type SgdOptions, sgd } from "./optimisers/sgd.js";
export { constantRate, cosineRate, type LearningRate, stepRate, warmUp } from "./schedules/learning-rate.js";
// Steps
export {
  buildStepGraph,
  type DrawnPort,
  type FedPort,
  type ParameterPort,
  type StatePort,
  type StepGraph,
  type StepGraphOptions,
} from "./step/step-graph.js";
export {
  createTrainer,
  type StepResult,
  type Trainer,
  type TrainerOptions,
  type TrainingState,
} from "./step/trainer.js";
