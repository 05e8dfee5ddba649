// Data sets as training and evaluation read them: batches by the names of the network's input and of the labels.

import { type Augmentation, batches, type LabelledSet } from "@espalier/data";
import { type BatchSource, type EvaluationSet, evaluationOf, sourceOf } from "@espalier/train";

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

/** Every sample once, in order. */
export function testBatches(
  set: LabelledSet,
  { input, batch }: { readonly input: string; readonly batch: number },
): EvaluationSet {
  return evaluationOf("test", batches(set, { batch, seed: 0, shuffle: false }), input);
}
