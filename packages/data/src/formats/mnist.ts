// MNIST: 28 × 28 grey digits and their labels, a pair of IDX files for each split. Its relatives (Fashion-MNIST,
// KMNIST) have the same form and other classes.

import { EspalierError } from "@espalier/ir";
import { imageSet, type Normalisation } from "../set/image-set.js";
import type { LabelledSet } from "../set/labelled-set.js";
import { readIdx } from "./idx.js";

const DIGITS: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** Mean and standard deviation of all pixels of the training images, of 1. */
export const MNIST_NORMALISATION: Normalisation = { mean: [0.1307], std: [0.3081] };

export interface MnistParts {
  readonly name: string;
  /** The two files, unpacked. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  /** @default the ten digits */
  readonly classes?: readonly string[];
  readonly normalise?: Normalisation;
}

/** @throws EspalierError `INVALID_DATA`, `TRUNCATED`, `OVERFLOW` for files that are no such pair */
export function mnistSet({
  name,
  images,
  labels,
  classes = DIGITS,
  normalise,
}: MnistParts): LabelledSet<"float32"> {
  const pictures = readIdx(images, `${name} images`);
  const numbers = readIdx(labels, `${name} labels`);
  const [count, height, width] = pictures.dims;
  if (pictures.dims.length !== 3 || height === undefined || width === undefined)
    throw unlike(`${name} images`, "3 dimensions: count, height, width", pictures.dims.join(" × "));
  if (numbers.dims.length !== 1)
    throw unlike(`${name} labels`, "1 dimension: count", numbers.dims.join(" × "));
  if (numbers.dims[0] !== count)
    throw unlike(`${name} labels`, `${count} labels, one for each image`, String(numbers.dims[0]));
  return imageSet({
    name,
    classes,
    channels: "grey",
    width,
    height,
    pixels: pictures.values,
    labels: numbers.values,
    ...(normalise === undefined ? {} : { normalise }),
  });
}

function unlike(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_DATA", "These files are no pair of images and labels", {
    where,
    expected,
    found,
  });
}
