// Data sets as training and evaluation read them: batches by the names of the network's input and of the labels.

import type { RuntimeTensor } from "@espalier/core";
import { type Augmentation, batches, type LabelledSet, labelsPerSample } from "@espalier/data";
import {
  type BatchSource,
  classification,
  type EvaluationSet,
  evaluationOf,
  type Metric,
  sourceOf,
} from "@espalier/train";

/** Shuffled anew in every epoch; what does not fill a last batch is left out of it. @throws EspalierError `INVALID_OPTION` */
export function trainingBatches(
  set: LabelledSet,
  options: {
    readonly input: string;
    readonly batch: number;
    readonly seed: number;
    readonly augment: Augmentation | null;
  },
): BatchSource {
  const { input, batch, seed, augment } = options;
  const changed = augment === null ? {} : { augment };
  return sourceOf((epoch) => batches(set, { batch, seed, epoch, dropLast: true, ...changed }), input);
}

/**
 * Every sample once, in order, in batches of one size: what a last one lacks is filled up with its last sample again. Labels
 * are there for the samples alone, so {@link labelledScores} counts nothing twice.
 */
export function testBatches(
  set: LabelledSet,
  { input, batch }: { readonly input: string; readonly batch: number },
): EvaluationSet {
  const whole = filledUp(set, batch);
  const read = batches(whole, { batch, seed: 0, shuffle: false });
  const evaluation = evaluationOf("test", read, input);
  return {
    ...evaluation,
    batch: async (index) => {
      const feeds = await evaluation.batch(index);
      const { labels } = feeds;
      const samples = Math.min(batch, set.count - index * batch);
      return labels === undefined ? feeds : { ...feeds, labels: firstRows(labels, samples) };
    },
  };
}

/** Top-1 accuracy and cross-entropy of the samples that have labels. */
export function labelledScores(): Metric {
  const scores = classification();
  return {
    name: scores.name,
    start: () => {
      const sums = scores.start();
      return {
        add: ([first, ...others], feeds) => {
          const rows = feeds.labels?.dims[0] ?? 0;
          sums.add(first === undefined ? [] : [firstRows(first, rows), ...others], feeds);
        },
        scores: () => sums.scores(),
      };
    },
  };
}

/** A whole number of batches; the samples that are too many are the last one, their labels are never read. */
function filledUp(set: LabelledSet, batch: number): LabelledSet {
  const count = Math.ceil(set.count / batch) * batch;
  if (count === set.count) return set;
  const labels = new Int32Array(count * labelsPerSample(set));
  labels.set(set.labels);
  const read: LabelledSet["read"] = (index, into, at) => set.read(Math.min(index, set.count - 1), into, at);
  return { ...set, count, labels, read };
}

/** The first rows along the batch; all where there are no more. */
function firstRows(tensor: RuntimeTensor, rows: number): RuntimeTensor {
  const [all = 0, ...rest] = tensor.dims;
  if (all <= rows) return tensor;
  return {
    ...tensor,
    dims: [rows, ...rest],
    data: tensor.data.slice(0, (tensor.data.length / all) * rows),
  };
}
