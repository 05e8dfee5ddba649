// What a run is told.

import type { CheckpointStore, Host } from "@espalier/core";
import type { BatchSource, EvaluationSet } from "../batches/batch-source.js";
import type { Masking } from "../masked/masking.js";
import type { LearningRate } from "../schedules/learning-rate.js";
import type { TrainerOptions, TrainingState } from "../step/trainer.js";
import type { Metric } from "./metric.js";
import type { TrainingProgress } from "./progress.js";

export interface TrainOptions extends Omit<TrainerOptions, "stepsPerRun"> {
  readonly host: Pick<Host, "now" | "sha256">;
  readonly batches: BatchSource;
  /** The length of the whole run, which learning rates refer to. */
  readonly epochs: number;
  readonly rate: LearningRate;
  /** Sets to evaluate on, before the first step, in between, and after the last. Each has a name of its own. */
  readonly evaluate?: readonly EvaluationSet[];
  /** @default classification of the first output */
  readonly metric?: Metric;
  /** Steps between evaluations; 0 for none between the first step and the last. @default an epoch */
  readonly evaluateEvery?: number;
  /** Masks that change in the run. */
  readonly masking?: Masking;
  /** Draws what Dropout drops; part of what checkpoints are of. The order of batches is the source's matter. @default 0 */
  readonly seed?: number;
  /** What else the run depends on and cannot be seen here: digest of the data, augmentation. @default "" */
  readonly key?: string;
  /** Where to keep what the run goes on from. It goes on by itself where something lies there. */
  readonly checkpoints?: RunCheckpoints;
  /** Steps between points of the loss curve. @default such that there are at most a thousand */
  readonly curveEvery?: number;
  /** What to begin with instead of step 0 and the model's weights: what an earlier run had at a step. */
  readonly from?: TrainingState;
  /** Stop after so many steps of the whole run, as if it were over. A later call with the same store goes on. */
  readonly until?: number;
  readonly onProgress?: (event: TrainingProgress) => void;
}

export interface RunCheckpoints {
  readonly store: CheckpointStore;
  /** @default "run" */
  readonly name?: string;
  /** Steps between checkpoints; there is one at the end, and one when the run is cancelled. @default an epoch */
  readonly every?: number;
}
