// What a run was like, as plain JSON. No times: a run that was stopped and went on has the same history.

import type { StepResult } from "../step/trainer.js";
import type { Scores } from "./metric.js";

/** Means over the steps since the point before. */
export interface CurvePoint {
  /** Steps done. */
  readonly step: number;
  readonly loss: number;
  /** Fraction of right predictions while training; null where the loss does not count them. */
  readonly accuracy: number | null;
  /** Of the last step. */
  readonly learningRate: number;
}

export interface EvaluationPoint extends Scores {
  readonly step: number;
  readonly set: string;
  /** Fraction of the masked weights' entries that are kept; null where no mask lies on any. */
  readonly kept: number | null;
}

export interface History {
  readonly stepsPerEpoch: number;
  /** Of the whole run. */
  readonly steps: number;
  readonly curve: readonly CurvePoint[];
  readonly evaluations: readonly EvaluationPoint[];
}

/** Sums up steps into points of the curve. All of it is plain JSON, so it goes on from a checkpoint. */
export class HistoryRecorder {
  readonly #length: Pick<History, "stepsPerEpoch" | "steps">;
  #curve: CurvePoint[] = [];
  #evaluations: EvaluationPoint[] = [];
  #sums = { steps: 0, loss: 0, correct: 0 };

  constructor(length: Pick<History, "stepsPerEpoch" | "steps">) {
    this.#length = length;
  }

  /**
   * @param every steps between points
   * @param labels predictions in a batch
   */
  addStep(
    step: number,
    { loss, correct }: StepResult,
    { learningRate, every, labels }: { learningRate: number; every: number; labels: number },
  ): void {
    const sums = this.#sums;
    sums.steps++;
    sums.loss += loss;
    sums.correct += correct ?? 0;
    if (step % every !== 0 && step !== this.#length.steps) return;
    const accuracy = correct === null ? null : sums.correct / (sums.steps * labels);
    this.#curve.push({ step, loss: sums.loss / sums.steps, accuracy, learningRate });
    this.#sums = { steps: 0, loss: 0, correct: 0 };
  }

  /** Whether a set was evaluated at a step. */
  has(step: number, set: string): boolean {
    return this.#evaluations.some((point) => point.step === step && point.set === set);
  }

  addEvaluation(point: EvaluationPoint): void {
    this.#evaluations.push(point);
  }

  history(): History {
    return { ...this.#length, curve: [...this.#curve], evaluations: [...this.#evaluations] };
  }

  /** For a checkpoint. */
  toJSON(): unknown {
    return { curve: this.#curve, evaluations: this.#evaluations, sums: this.#sums };
  }

  /** Goes on from what {@link toJSON} gave. */
  restore(kept: unknown): void {
    const { curve, evaluations, sums } = kept as {
      curve: CurvePoint[];
      evaluations: EvaluationPoint[];
      sums: { steps: number; loss: number; correct: number };
    };
    this.#curve = [...curve];
    this.#evaluations = [...evaluations];
    this.#sums = { ...sums };
  }
}
