// Batches of a labelled set, as training and evaluation read them. Whatever has a count and gives batches by index will
// do; `batches` of `@espalier/data` does.

import type { RuntimeTensor } from "@espalier/core";
import type { BatchSource, EvaluationSet } from "./batch-source.js";

/** One epoch, or a whole set in order. */
export interface IndexedBatches {
  readonly count: number;
  read(index: number): { readonly input: RuntimeTensor; readonly labels: RuntimeTensor };
}

/**
 * @param open the batches of an epoch, all of one size (`dropLast`); asked once an epoch and once more to go on in it
 * @param input what the network calls its input
 */
export function sourceOf(open: (epoch: number) => IndexedBatches, input = "input"): BatchSource {
  let current = { epoch: 0, batches: open(0) };
  return {
    stepsPerEpoch: current.batches.count,
    batch: (epoch, index) => {
      if (epoch !== current.epoch) current = { epoch, batches: open(epoch) };
      const batch = current.batches.read(index);
      return { [input]: batch.input, labels: batch.labels };
    },
  };
}

/** A set to evaluate on, of any batch size. */
export function evaluationOf(name: string, batches: IndexedBatches, input = "input"): EvaluationSet {
  return {
    name,
    batches: batches.count,
    batch: (index) => {
      const batch = batches.read(index);
      return { [input]: batch.input, labels: batch.labels };
    },
  };
}
