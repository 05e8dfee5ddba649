// What a run tells while it goes on.

import type { ProgressEvent } from "@espalier/core";

export interface TrainingProgress extends ProgressEvent {
  readonly phase: "train" | "evaluate";
  /** Epochs done, whole. */
  readonly epoch: number;
  /** Of the last step or evaluation. */
  readonly loss: number;
  readonly accuracy: number | null;
  /** Samples a second while training, since the run was started or went on; null before the first step. */
  readonly samplesPerSecond: number | null;
  /** Until the end of the run, at the pace so far. */
  readonly secondsLeft: number | null;
}

/** Measures the pace of a run. Time that passed before it went on does not count. */
export class Pace {
  readonly #now: () => number;
  readonly #samples: number;
  readonly #begin: number;
  #stepMs = 0;
  #steps = 0;
  #lastStepMs: number | null = null;

  /** @param samples in a batch */
  constructor(now: () => number, samples: number) {
    this.#now = now;
    this.#samples = samples;
    this.#begin = now();
  }

  /** Runs steps and counts their time. */
  async steps<T extends readonly unknown[]>(work: () => Promise<T>): Promise<T> {
    const begin = this.#now();
    const results = await work();
    const passed = this.#now() - begin;
    this.#stepMs += passed;
    this.#steps += results.length;
    this.#lastStepMs = passed / results.length;
    return results;
  }

  /** What a step took the last time, in milliseconds; null before the first. */
  get lastStepMs(): number | null {
    return this.#lastStepMs;
  }

  /** @param left steps until the end */
  report(left: number): Pick<TrainingProgress, "samplesPerSecond" | "secondsLeft"> {
    if (this.#steps === 0 || this.#stepMs <= 0) return { samplesPerSecond: null, secondsLeft: null };
    return {
      samplesPerSecond: (1000 * this.#steps * this.#samples) / this.#stepMs,
      // Evaluations and checkpoints are in it.
      secondsLeft: (((this.#now() - this.#begin) / this.#steps) * left) / 1000,
    };
  }
}
