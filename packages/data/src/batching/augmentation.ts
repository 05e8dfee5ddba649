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
  const { black, height, width, down, right, mirrored } = move;
  // Columns of the window that lie inside the image; the rest is black.
  const first = Math.min(width, Math.max(0, -right));
  const last = Math.max(first, Math.min(width, width - right));
  const begin = mirrored ? width - last : first;
  const end = mirrored ? width - first : last;
  const copy = mirrored ? copyMirrored : copyRow;
  for (let channel = 0; channel < black.length; channel++) {
    const dark = black[channel] as number;
    for (let y = 0; y < height; y++) {
      const row = at + (channel * height + y) * width;
      const inside = y + down >= 0 && y + down < height;
      // The window is cut first and turned round then.
      const to = mirrored ? row + width - first - 1 : row + first;
      paint(into, dark, row, inside ? row + begin : row + width);
      if (inside) paint(into, dark, row + end, row + width);
      if (inside) copy(sample, (channel * height + y + down) * width + right + first, last - first, into, to);
    }
  }
}

function copyRow(from: Float32Array, start: number, length: number, into: Float32Array, to: number): void {
  for (let i = 0; i < length; i++) into[to + i] = from[start + i] as number;
}

function copyMirrored(
  from: Float32Array,
  start: number,
  length: number,
  into: Float32Array,
  to: number,
): void {
  for (let i = 0; i < length; i++) into[to - i] = from[start + i] as number;
}

/** A few pixels: a call of `fill` takes longer. */
function paint(into: Float32Array, value: number, begin: number, end: number): void {
  for (let i = begin; i < end; i++) into[i] = value;
}
