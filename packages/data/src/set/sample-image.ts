// From a sample back to pixels: to look at what a network sees.

import type { LabelledSet } from "./labelled-set.js";
import { sampleSize } from "./labelled-set.js";

/** What `ImageData` is: four bytes a pixel, red, green, blue, alpha. */
export interface SampleImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** The image of sample `index`; null where samples are no images. */
export function sampleImage(set: LabelledSet, index: number): SampleImage | null {
  const { image } = set;
  const [depth, height, width] = set.input.shape;
  if (image === null || depth === undefined || height === undefined || width === undefined) return null;
  const values = new Float32Array(sampleSize(set));
  (set as LabelledSet<"float32">).read(index, values);
  const plane = width * height;
  const data = new Uint8ClampedArray(plane * 4).fill(255);
  for (let at = 0; at < plane; at++)
    for (let c = 0; c < 3; c++) {
      const channel = Math.min(image.channels === "BGR" ? 2 - c : c, depth - 1);
      const value = values[channel * plane + at] as number;
      data[at * 4 + c] = 255 * (value * (image.std[channel] as number) + (image.mean[channel] as number));
    }
  return { width, height, data };
}
