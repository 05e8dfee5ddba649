// What a training was: `training.json`, as plain data.

import type { FinetuneData, FinetuneOptions, TrainedScores } from "@espalier/core";

export interface TrainingFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface TrainingCurvePoint {
  /** Steps done. */
  readonly step: number;
  /** Means over the steps since the point before. */
  readonly loss: number;
  readonly accuracy: number | null;
  readonly learningRate: number;
}

export interface TrainingEvaluation {
  readonly step: number;
  readonly set: string;
  readonly samples: number;
  readonly loss: number;
  readonly accuracy: number | null;
}

export interface TrainingRecord {
  readonly schema: 1;
  readonly tool: "espalier";
  readonly source: TrainingFile;
  readonly artefact: TrainingFile;
  /** Everything that was written with it. */
  readonly files: readonly TrainingFile[];
  readonly teacher: TrainingFile | null;
  readonly method: "distillation" | "labels";
  readonly data: FinetuneData;
  /** How images became what the network takes. */
  readonly preparation: string;
  readonly options: FinetuneOptions;
  /** Weights that were exactly zero and stayed so. */
  readonly zeros: number;
  /** On the test part. */
  readonly before: TrainedScores;
  readonly after: TrainedScores;
  readonly history: {
    readonly stepsPerEpoch: number;
    readonly steps: number;
    readonly curve: readonly TrainingCurvePoint[];
    readonly evaluations: readonly TrainingEvaluation[];
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly createdAt: string;
  readonly command: readonly string[];
}
