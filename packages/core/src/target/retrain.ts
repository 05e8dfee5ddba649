// The one thing of the pipeline that trains, handed in by whoever may import training: a network goes on learning after
// units were removed from it, and a plan's training is done again.

import type { Model } from "@espalier/ir";
import type { FinetuneData, FinetuneOptions, FinetuneStep, TrainedScores } from "../plan/plan.js";
import type { ProgressListener, Runtime } from "../runtime.js";

export interface RetrainJob {
  /** The network before anything was removed. */
  readonly dense: Model;
  /** What is trained. */
  readonly model: Model;
  /** Sizes of symbolic dimensions that the user gave; the batch is the trainer's. */
  readonly bindings: Readonly<Record<string, number>>;
  readonly seed: number;
  /** What is done again; null for a training as it was asked for. */
  readonly step: FinetuneStep | null;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

export interface JudgeJob extends Omit<RetrainJob, "model"> {
  /** A file of any format that the runtime loads. */
  readonly artefact: Uint8Array;
  readonly runtime: Runtime;
}

export interface Retrained {
  /** `model` with other weights. */
  readonly model: Model;
  readonly method: FinetuneStep["method"];
  readonly options: FinetuneOptions;
  readonly data: FinetuneData;
  /** On the test part. */
  readonly before: TrainedScores;
  readonly after: TrainedScores;
}

export interface Retrain {
  /**
   * Trains.
   *
   * @throws EspalierError `DATA_MISSING`, `DATA_MISMATCH` where the data of `step` is not at hand or another; what
   *   training throws
   */
  train(job: RetrainJob): Promise<Retrained>;
  /** How good a network of the same inputs is on the test part. Throws as `train`. */
  evaluate(job: RetrainJob): Promise<TrainedScores>;
  /**
   * The share of the test part that a deployed file puts in the right class. Throws as `train`, and what the runtime throws.
   */
  judge(job: JudgeJob): Promise<Pick<TrainedScores, "accuracy">>;
}
