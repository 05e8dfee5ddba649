// One training as the command line knows it: a network, a fitted data set, settings, a teacher or none.

import type { CheckpointStore, FinetuneOptions, Host, Runtime } from "@espalier/core";
import { type Augmentation, cropAndFlip } from "@espalier/data";
import type { Model } from "@espalier/ir";
import {
  adam,
  adamW,
  constantRate,
  cosineRate,
  crossEntropy,
  distill,
  type LearningRate,
  type Optimiser,
  sgd,
  stepRate,
  type TrainingProgress,
  type TrainOptions,
  type TrainResult,
  train,
  zeroMasks,
} from "@espalier/train";
import { labelledScores, testBatches, trainingBatches } from "./batch-sources.js";
import type { FittedData } from "./fit-data.js";

/** As in the networks of Li et al. 2017, §4 (arXiv:1608.08710). */
const OPTIMISERS: Readonly<Record<FinetuneOptions["optimiser"], () => Optimiser>> = {
  sgd: () => sgd({ momentum: 0.9, weightDecay: 1e-4 }),
  adam: () => adam(),
  "adam-w": () => adamW(),
};
const SCHEDULES: Readonly<Record<FinetuneOptions["schedule"], (rate: number) => LearningRate>> = {
  constant: constantRate,
  step: stepRate,
  cosine: cosineRate,
};
const AUGMENTATIONS: Readonly<Record<FinetuneOptions["augment"], Augmentation | null>> = {
  none: null,
  crop: cropAndFlip({ flip: false }),
  "crop-flip": cropAndFlip(),
};

export interface Lesson {
  readonly model: Model;
  readonly teacher: Model | null;
  readonly data: FittedData;
  readonly options: FinetuneOptions;
  readonly runtime: Runtime;
  readonly host: Host;
  readonly checkpoints: CheckpointStore | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (event: TrainingProgress) => void;
}

/** Weights that are exactly zero stay so. Throws as `train` does. */
export async function learn(lesson: Lesson): Promise<TrainResult> {
  const { model, teacher, data, options, runtime, host, checkpoints, signal, onProgress } = lesson;
  const { epochs, batch, learningRate, optimiser, schedule, augment, statistics, seed, threads } = options;
  const { input, testBatch, digests } = data;
  const run: Omit<TrainOptions, "loss"> = {
    ...{ model, runtime, host, bindings: data.bindings, epochs, threads, seed, signal },
    optimiser: OPTIMISERS[optimiser](),
    rate: SCHEDULES[schedule](learningRate),
    batches: trainingBatches(data.train, { input, batch, seed, augment: AUGMENTATIONS[augment] }),
    frozenStatistics: statistics === "stored",
    evaluate: [testBatches(data.test, { input, batch: testBatch })],
    metric: labelledScores(),
    masks: zeroMasks(model),
    key: JSON.stringify({ data: digests, augment, threads, runtime: runtime.name }),
    ...(checkpoints === null ? {} : { checkpoints: { store: checkpoints } }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  return teacher === null ? train({ ...run, loss: crossEntropy() }) : distill({ ...run, teacher });
}
