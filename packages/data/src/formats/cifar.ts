// The binary version of CIFAR-10: records of one label byte and 3072 bytes, planes red, green, blue of 32 × 32, rows
// from the top. Files only follow one another.

import { EspalierError } from "@espalier/ir";
import { imageSet, type Normalisation } from "../set/image-set.js";
import { type LabelledSet, requireSamples } from "../set/labelled-set.js";

const SIDE = 32;
const PIXELS = 3 * SIDE * SIDE;
const RECORD = 1 + PIXELS;

export const CIFAR10_CLASSES: readonly string[] = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

/** Mean and standard deviation of the channels of the training images, of 1. */
export const CIFAR10_NORMALISATION: Normalisation = {
  mean: [0.4914, 0.4822, 0.4465],
  std: [0.247, 0.2435, 0.2616],
};

export interface CifarImages {
  readonly side: number;
  readonly labels: Uint8Array;
  /** Image by image, planes red, green, blue. */
  readonly pixels: Uint8Array;
}

/** The records of one or more files. @throws EspalierError `TRUNCATED`, `INVALID_DATA` for none at all */
export function readCifarRecords(files: readonly Uint8Array[], where: string): CifarImages {
  for (const file of files)
    if (file.length % RECORD !== 0)
      throw new EspalierError("TRUNCATED", "CIFAR-10 records end in the middle of one", {
        where,
        expected: `records of ${RECORD} bytes`,
        found: `${file.length} bytes`,
        ...(file[0] === 0x1f && file[1] === 0x8b
          ? { unblock: "It is compressed with gzip: unpack it first." }
          : {}),
      });
  const count = files.reduce((sum, file) => sum + file.length, 0) / RECORD;
  requireSamples(count, where);
  const labels = new Uint8Array(count);
  const pixels = new Uint8Array(count * PIXELS);
  let at = 0;
  for (const file of files)
    for (let record = 0; record < file.length; record += RECORD, at++) {
      labels[at] = file[record] as number;
      pixels.set(file.subarray(record + 1, record + RECORD), at * PIXELS);
    }
  return { side: SIDE, labels, pixels };
}

export interface CifarParts {
  readonly name: string;
  readonly files: readonly Uint8Array[];
  /** @default {@link CIFAR10_NORMALISATION} */
  readonly normalise?: Normalisation;
}

/** @throws EspalierError `TRUNCATED`, `INVALID_DATA` for files that hold no such records */
export function cifar10Set({
  name,
  files,
  normalise = CIFAR10_NORMALISATION,
}: CifarParts): LabelledSet<"float32"> {
  const { labels, pixels } = readCifarRecords(files, name);
  return imageSet({
    name,
    classes: CIFAR10_CLASSES,
    channels: "RGB",
    width: SIDE,
    height: SIDE,
    pixels,
    labels,
    normalise,
  });
}
