// Data sets as training and evaluation read them: batches by the names of the network's input and of the labels.

import type { Feeds } from "@espalier/core";
import { type Augmentation, type Batch, type Batches, batches, type LabelledSet } from "@espalier/data";
import type { BatchSource, EvaluationSet } from "@espalier/train";

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
  const epochOf = (epoch: number): Batches =>
    batches(set, { batch, seed, epoch, dropLast: true, ...(augment === null ? {} : { augment }) });
  let current = { epoch: 0, batches: epochOf(0) };
  return {
    stepsPerEpoch: current.batches.count,
    batch: (epoch, index) => {
      if (epoch !== current.epoch) current = { epoch, batches: epochOf(epoch) };
      return feedsOf(current.batches.read(index), input);
    },
  };
}

/** Every sample once, in order. */
export function testBatches(
  set: LabelledSet,
  { input, batch }: { readonly input: string; readonly batch: number },
): EvaluationSet {
  const all = batches(set, { batch, seed: 0, shuffle: false });
  return { name: "test", batches: all.count, batch: (index) => feedsOf(all.read(index), input) };
}

function feedsOf(batch: Batch, input: string): Feeds {
  return { [input]: batch.input, labels: batch.labels };
}
