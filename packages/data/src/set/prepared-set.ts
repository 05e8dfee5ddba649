// A set of images as a network wants them: the same pixels with other means, deviations or order of channels.

import { EspalierError } from "@espalier/ir";
import type { LabelledSet } from "./labelled-set.js";

/** How 0 … 255 become what a network takes, in the words of an input card: (range(pixel) − mean) / std, by channel. */
export interface Preparation {
  readonly channels: "RGB" | "BGR" | "grey";
  /** What 0 and 255 become, before mean and deviation. */
  readonly range: readonly [number, number];
  /** In the order of the channels; none: 0. */
  readonly mean?: readonly number[];
  /** None: 1. */
  readonly std?: readonly number[];
}

/**
 * `set`, read as `preparation` says. Its pixels were bytes: they are found again exactly, so that the numbers are those
 * of a set that was made like this.
 *
 * @throws EspalierError `INVALID_OPTION` for a set without images, other channels, or numbers that are none
 */
export function preparedSet(
  set: LabelledSet<"float32">,
  { channels, range: [low, high], mean, std }: Preparation,
): LabelledSet<"float32"> {
  const { image, input } = set;
  const [depth = 0, height = 0, width = 0] = input.shape;
  if (image === null || (channels === "grey") !== (image.channels === "grey"))
    throw unusable(set.name, `images of ${channels} channels`, image?.channels ?? "no images");
  const means = mean ?? new Array<number>(depth).fill(0);
  const deviations = std ?? new Array<number>(depth).fill(1);
  const numbers = [...means, ...deviations, low, high];
  if (means.length !== depth || deviations.length !== depth || !numbers.every(Number.isFinite))
    throw unusable(set.name, `${depth} finite means and deviations`, `${means.length}, ${deviations.length}`);
  if (deviations.includes(0) || low === high)
    throw unusable(set.name, "deviations other than 0, a range that is one", "neither");
  const plane = height * width;
  const source = (channel: number): number => (channels === image.channels ? channel : depth - 1 - channel);
  const tables = means.map((centre, channel) =>
    Float32Array.from(
      { length: 256 },
      (_, byte) => (low + (byte / 255) * (high - low) - centre) / (deviations[channel] as number),
    ),
  );
  const own = new Float32Array(depth * plane);
  const read = (index: number, into: Float32Array, at = 0): void => {
    set.read(index, own);
    for (let channel = 0; channel < depth; channel++) {
      const from = source(channel);
      const [scale, centre] = [255 * (image.std[from] as number), 255 * (image.mean[from] as number)];
      const table = tables[channel] as Float32Array;
      for (let i = 0; i < plane; i++)
        into[at + channel * plane + i] = table[
          Math.round((own[from * plane + i] as number) * scale + centre)
        ] as number;
    }
  };
  return {
    ...set,
    image: {
      ...image,
      channels,
      mean: means.map((centre) => (centre - low) / (high - low)),
      std: deviations.map((deviation) => deviation / (high - low)),
    },
    read,
  };
}

function unusable(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "Images cannot be prepared like this", {
    where,
    expected,
    found,
  });
}
