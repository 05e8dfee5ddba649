// Options of the loaders of images.

import type { Normalisation } from "../set/image-set.js";
import type { DataPlace } from "./data-place.js";

export interface ImageLoadOptions extends DataPlace {
  /** null for values from 0 to 1. @default for CIFAR-10 the mean and deviation of its training images; for MNIST null */
  readonly normalise?: Normalisation | null;
}
