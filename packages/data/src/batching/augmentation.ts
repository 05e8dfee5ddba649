// What may happen to a training image without changing its class. Random, but each sample of each epoch has a sequence
// of its own, so the same batch comes out whatever was read before it.

import type { Random } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import type { LabelledSet } from "../set/labelled-set.js";

/** Writes `sample`, changed, at `into[at…]`. */
export type Augmenter = (sample: Float32Array, into: Float32Array, at: number, random: Random) => void;

export interface Augmentation {
  /** For receipts: "crop 4, flip". */
  readonly spec: string;
  /** @throws EspalierError `INVALID_OPTION` where it makes no sense for the set */
  prepare(set: LabelledSet): Augmenter;
}

export interface CropFlipOptions {
  /** Pixels of black round the image that a window of its size is cut from. @default 4 */
  readonly padding?: number;
  /** Mirror every second image, left to right. Wrong for digits and letters. @default true */
  readonly flip?: boolean;
}

/** A random crop of the image padded with black, and a random mirror image (He et al. 2015, section 4.2). */
export function cropAndFlip({ padding = 4, flip = true }: CropFlipOptions = {}): Augmentation {
  if (!Number.isSafeInteger(padding) || padding < 0)
    throw new EspalierError("INVALID_OPTION", "An image cannot be padded like this", {
      where: "padding",
      expected: "pixels, 0 or more",
      found: String(padding),
    });
  return {
    spec: `crop ${padding}${flip ? ", flip" : ""}`,
    prepare: (set) => {
      const { image } = set;
      const [depth, height, width] = set.input.shape;
      if (image === null || depth === undefined || height === undefined || width === undefined)
        throw new EspalierError("INVALID_OPTION", "Only images can be cropped and mirrored", {
          where: "augment",
          expected: "a set of images",
          found: set.name,
        });
      const black = image.mean.map((mean, channel) => -mean / (image.std[channel] as number));
      return (sample, into, at, random) => {
        const down = random.integer(-padding, padding);
        const right = random.integer(-padding, padding);
        const mirrored = flip && random.integer(0, 1) === 1;
        moved(sample, into, at, { black, height, width, down, right, mirrored });
      };
    },
  };
}

interface Move {
  readonly black: readonly number[];
  readonly height: number;
  readonly width: number;
  /** Where the window begins, against the image. */
  readonly down: number;
  readonly right: number;
  readonly mirrored: boolean;
}

function moved(sample: Float32Array, into: Float32Array, at: number, move: Move): void {
  const { black, height, width, mirrored } = move;
  const plane = height * width;
  for (let channel = 0; channel < black.length; channel++) {
    const to = at + channel * plane;
    cutPlane(sample, channel * plane, into, to, black[channel] as number, move);
    // The window is cut first and turned round then.
    if (mirrored) for (let row = to; row < to + plane; row += width) reverse(into, row, row + width - 1);
  }
}

/** One channel: its rows in one piece, as they lie, then black over what is not of the image. */
function cutPlane(
  sample: Float32Array,
  from: number,
  into: Float32Array,
  to: number,
  dark: number,
  { height, width, down, right }: Move,
): void {
  const top = within(-down, height);
  const bottom = within(height - down, height);
  const left = within(-right, width);
  const end = within(width - right, width);
  if (top >= bottom || left >= end) {
    paint(into, dark, to, to + height * width);
    return;
  }
  const start = from + (top + down) * width + left + right;
  const length = (bottom - top - 1) * width + end - left;
  into.set(sample.subarray(start, start + length), to + top * width + left);
  paint(into, dark, to, to + top * width);
  paint(into, dark, to + bottom * width, to + height * width);
  for (let row = to + top * width; row < to + bottom * width; row += width) {
    paint(into, dark, row, row + left);
    paint(into, dark, row + end, row + width);
  }
}

function within(at: number, size: number): number {
  return Math.min(size, Math.max(0, at));
}

/** A few pixels: a call of `fill` takes longer. */
function paint(into: Float32Array, value: number, begin: number, end: number): void {
  for (let i = begin; i < end; i++) into[i] = value;
}

function reverse(values: Float32Array, first: number, last: number): void {
  for (let a = first, b = last; a < b; a++, b--) {
    const kept = values[a] as number;
    values[a] = values[b] as number;
    values[b] = kept;
  }
}
