// Parts of a data set, as data sets of their own that share its samples.

import { EspalierError } from "@espalier/ir";
import { permutation } from "../batching/permutation.js";
import { type LabelledSet, labelsPerSample, requireIndex, type SampleType } from "./labelled-set.js";

/** The samples `indices`, in that order. @throws EspalierError `INVALID_OPTION` for none, or one that is not there */
export function subset<T extends SampleType>(
  set: LabelledSet<T>,
  indices: ArrayLike<number>,
  name: string,
): LabelledSet<T> {
  const chosen = Uint32Array.from(indices);
  const count = chosen.length;
  if (count === 0) throw unusable(set, "at least one sample", "none");
  const width = labelsPerSample(set);
  const labels = new Int32Array(count * width);
  for (let i = 0; i < count; i++) {
    const index = indices[i] as number;
    if (chosen[i] !== index || index >= set.count)
      throw unusable(set, `samples 0 to ${set.count - 1}`, String(index));
    labels.set(set.labels.subarray(index * width, (index + 1) * width), i * width);
  }
  return {
    ...set,
    name,
    count,
    labels,
    read: (index, into, at = 0) => {
      requireIndex(index, count);
      set.read(chosen[index] as number, into, at);
    },
  };
}

/** The first `count` samples; all of them when there are fewer. @throws EspalierError `INVALID_OPTION` */
export function takeFirst<T extends SampleType>(set: LabelledSet<T>, count: number): LabelledSet<T> {
  if (!Number.isSafeInteger(count) || count < 1)
    throw unusable(set, "a positive whole number", String(count));
  if (count >= set.count) return set;
  const first = Array.from({ length: count }, (_, i) => i);
  return subset(set, first, `${set.name}, first ${count}`);
}

export interface SplitOptions {
  /** What is held out: a share between 0 and 1, or a number of samples. */
  readonly validation: number;
  readonly seed: number;
}

export interface Split<T extends SampleType = SampleType> {
  readonly train: LabelledSet<T>;
  readonly validation: LabelledSet<T>;
}

/**
 * Every sample in one of two parts, drawn by the seed. Each part keeps the order of the set.
 *
 * @throws EspalierError `INVALID_OPTION` unless both parts get a sample
 */
export function splitSet<T extends SampleType>(
  set: LabelledSet<T>,
  { validation, seed }: SplitOptions,
): Split<T> {
  const held = validation < 1 ? Math.round(validation * set.count) : validation;
  if (!Number.isSafeInteger(held) || held < 1 || held >= set.count)
    throw unusable(set, `a share that leaves both parts a sample of ${set.count}`, String(validation));
  const order = permutation(set.count, seed, "split");
  return {
    train: subset(set, order.slice(held).sort(), `${set.name}, ${set.count - held} to train on`),
    validation: subset(set, order.slice(0, held).sort(), `${set.name}, ${held} held out`),
  };
}

function unusable(set: LabelledSet, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "This part of a data set cannot be made", {
    where: set.name,
    expected,
    found,
  });
}
