// The one contract of every data set: numbered samples, each with what a network takes (numbers of one shape) and what
// it should answer (one class, or one for each position). Images are float32 and normalised; texts are int64 token ids.

import { EspalierError } from "@espalier/ir";

/** The two kinds of numbers that samples are made of, by the element type at the border of the runtime. */
export interface SampleArrays {
  readonly float32: Float32Array;
  readonly int64: BigInt64Array;
}

export type SampleType = keyof SampleArrays;

export interface SampleSpec<T extends SampleType = SampleType> {
  readonly type: T;
  /** Of one sample, without the batch: [3, 32, 32], or [64] for 64 tokens. */
  readonly shape: readonly number[];
}

/**
 * How pixels became the numbers of a sample, in the words of an input card: value = (pixel / 255 − mean) / std, by
 * channel.
 */
export interface ImageInput {
  readonly layout: "NCHW";
  readonly channels: "RGB" | "BGR" | "grey";
  readonly range: readonly [0, 1];
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** A data set in memory. Reading is synchronous, allocates nothing and gives the same numbers every time. */
export interface LabelledSet<T extends SampleType = SampleType> {
  /** For receipts and messages: "mnist test, first 512". */
  readonly name: string;
  readonly count: number;
  readonly input: SampleSpec<T>;
  /** Shape of what one sample should give: [] for one class, [64] for a class at each of 64 positions. */
  readonly labelShape: readonly number[];
  /** Indices of `classes`, row-major: count · product(labelShape) of them. */
  readonly labels: Int32Array;
  /** What each label means: class names, or the tokens of a language model. */
  readonly classes: readonly string[];
  /** Null where samples are no images. */
  readonly image: ImageInput | null;
  /** Writes sample `index` at `into[at…]`. */
  read(index: number, into: SampleArrays[T], at?: number): void;
}

/** Numbers in one sample. */
export function sampleSize({ input }: Pick<LabelledSet, "input">): number {
  return input.shape.reduce((size, side) => size * side, 1);
}

/** Labels of one sample. */
export function labelsPerSample({ labelShape }: Pick<LabelledSet, "labelShape">): number {
  return labelShape.reduce((size, side) => size * side, 1);
}

/** Labels from a file, checked. @throws EspalierError `INVALID_DATA` for a label that is no class */
export function checkedLabels(labels: ArrayLike<number>, classes: number, where: string): Int32Array {
  const checked = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new EspalierError("INVALID_DATA", "A label is no class", {
        where: `${where}, sample ${i}`,
        expected: `0 to ${classes - 1}`,
        found: String(label),
      });
    checked[i] = label;
  }
  return checked;
}

/** Sets are never empty. @throws EspalierError `INVALID_DATA` */
export function requireSamples(count: number, where: string): void {
  if (count > 0) return;
  throw new EspalierError("INVALID_DATA", "There are no samples in this data", {
    where,
    expected: "at least one",
    found: "none",
  });
}

/** Asking for a sample that is not there is a mistake in the program. */
export function requireIndex(index: number, count: number): void {
  if (!(Number.isInteger(index) && index >= 0 && index < count))
    throw new RangeError(`sample ${index} of ${count}`);
}
