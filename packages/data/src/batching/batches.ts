// One epoch of a data set in batches, ready for a runtime. The order depends on (seed, epoch) and a sample's
// augmentation on (seed, epoch, sample), on nothing else: batch k is the same whether or not the ones before it were
// read, so training resumes to the bit.

import { type Random, type RuntimeTensor, seededRandom } from "@espalier/core";
import { DataType, EspalierError } from "@espalier/ir";
import { type LabelledSet, labelsPerSample, type SampleType, sampleSize } from "../set/labelled-set.js";
import type { Augmentation, Augmenter } from "./augmentation.js";
import { permutation } from "./permutation.js";

export interface BatchOptions {
  /** Samples in a batch. */
  readonly batch: number;
  readonly seed: number;
  /** @default 0 */
  readonly epoch?: number;
  /** @default true; false keeps the order of the set */
  readonly shuffle?: boolean;
  /** For sets of images. @default none */
  readonly augment?: Augmentation;
  /** Leave out the samples that do not fill a last batch. @default false */
  readonly dropLast?: boolean;
  /** The first batch that the loop gives. @default 0 */
  readonly from?: number;
}

export interface Batch {
  /** In its epoch, from 0. */
  readonly index: number;
  /** Which samples of the set these are. */
  readonly samples: Uint32Array;
  /** [n, …shape]. */
  readonly input: RuntimeTensor;
  /** int64 [n, …labelShape]. */
  readonly labels: RuntimeTensor;
}

/**
 * The batches of one epoch.
 *
 * Two sets of buffers take turns: the tensors of a batch are overwritten when the second batch after it is read. One
 * batch may be computed on while the next is read; what is kept longer must be copied.
 */
export interface Batches extends Iterable<Batch> {
  /** Of the whole epoch. */
  readonly count: number;
  /** Batch `index` without reading any other. */
  read(index: number): Batch;
}

/** @throws EspalierError `INVALID_OPTION` for sizes that make no sense or an augmentation that does not fit the set */
export function batches(set: LabelledSet, options: BatchOptions): Batches {
  const { batch, seed, epoch = 0, shuffle = true, augment, dropLast = false, from = 0 } = options;
  requireWhole("batch", batch, 1);
  requireWhole("seed", seed, Number.MIN_SAFE_INTEGER);
  requireWhole("epoch", epoch, 0);
  const count = dropLast ? Math.floor(set.count / batch) : Math.ceil(set.count / batch);
  requireWhole("from", from, 0);
  if (count === 0) throw unusable("batch", `at most ${set.count} samples`, String(batch));
  const stream = `epoch ${epoch}`;
  const order = shuffle ? permutation(set.count, seed, stream) : null;
  const fill = sampleFiller(set, augment, seed, stream);
  const buffers = [0, 1].map(() => createBuffers(set, Math.min(batch, set.count)));
  let turn = 0;
  const read = (index: number): Batch => {
    if (!(Number.isInteger(index) && index >= 0 && index < count))
      throw new RangeError(`batch ${index} of ${count}`);
    const target = buffers[turn] as Buffers;
    turn = 1 - turn;
    const first = index * batch;
    const size = Math.min(batch, set.count - first);
    for (let i = 0; i < size; i++) {
      const sample = order === null ? first + i : (order[first + i] as number);
      target.samples[i] = sample;
      fill(sample, target, i);
    }
    return asBatch(set, target, index, size);
  };
  return {
    count,
    read,
    *[Symbol.iterator]() {
      for (let index = from; index < count; index++) yield read(index);
    },
  };
}

interface Buffers {
  readonly samples: Uint32Array;
  readonly input: Float32Array | BigInt64Array;
  readonly labels: BigInt64Array;
}

function createBuffers(set: LabelledSet, batch: number): Buffers {
  const numbers = batch * sampleSize(set);
  return {
    samples: new Uint32Array(batch),
    input: set.input.type === "float32" ? new Float32Array(numbers) : new BigInt64Array(numbers),
    labels: new BigInt64Array(batch * labelsPerSample(set)),
  };
}

/** Writes one sample and its labels into place `i` of a batch. */
function sampleFiller(
  set: LabelledSet,
  augment: Augmentation | undefined,
  seed: number,
  stream: string,
): (sample: number, into: Buffers, i: number) => void {
  const size = sampleSize(set);
  const width = labelsPerSample(set);
  const change: Augmenter | null = augment?.prepare(set) ?? null;
  const plain = new Float32Array(change === null ? 0 : size);
  const randomOf = (sample: number): Random => seededRandom(seed, `${stream} sample ${sample}`);
  return (sample, { input, labels }, i) => {
    if (change === null) set.read(sample, input, i * size);
    else {
      set.read(sample, plain, 0);
      change(plain, input as Float32Array, i * size, randomOf(sample));
    }
    for (let j = 0; j < width; j++) labels[i * width + j] = BigInt(set.labels[sample * width + j] as number);
  };
}

function asBatch<T extends SampleType>(
  set: LabelledSet<T>,
  { samples, input, labels }: Buffers,
  index: number,
  size: number,
): Batch {
  const cut = <A extends { readonly length: number; subarray(begin: number, end: number): A }>(
    array: A,
    length: number,
  ): A => (array.length === length ? array : array.subarray(0, length));
  const data = input as Float32Array & BigInt64Array;
  return {
    index,
    samples: cut(samples, size),
    input: {
      dataType: set.input.type === "float32" ? DataType.FLOAT : DataType.INT64,
      dims: [size, ...set.input.shape],
      data: cut(data, size * sampleSize(set)),
    },
    labels: {
      dataType: DataType.INT64,
      dims: [size, ...set.labelShape],
      data: cut(labels, size * labelsPerSample(set)),
    },
  };
}

function requireWhole(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw unusable(name, `a whole number from ${least}`, String(value));
}

function unusable(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "Batches cannot be made like this", { where, expected, found });
}
