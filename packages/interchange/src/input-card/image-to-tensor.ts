// Pixels, as a canvas or a decoder gives them, become the tensor that a card describes: resize, cut the centre,
// scale to the range, subtract the mean, divide by std, order the channels. Alpha is dropped, as Hugging Face's
// processors do.

import type { RuntimeTensor } from "@espalier/core";
import { DataType, EspalierError, quoteName } from "@espalier/ir";
import { type CardInput, channelCount, type ImageSize, type Resize } from "./input-card.js";
import { type Pixels, resample } from "./resample.js";

/** What `ImageData` is. */
export interface RgbaImage extends ImageSize {
  /** Four bytes a pixel: red, green, blue, alpha. */
  readonly data: Uint8ClampedArray;
}

/**
 * The float tensor, of batch 1.
 *
 * value = (range₀ + (range₁ − range₀) · pixel / 255 − mean) / std
 *
 * @throws EspalierError `INVALID_OPTION` when the input is no image or the pixels do not fill the image
 */
export function imageToTensor(image: RgbaImage, input: CardInput): RuntimeTensor {
  const { layout, channels = "RGB", range = [0, 1], mean, std } = input;
  if (layout === undefined) throw invalid(input, "an input with a layout", "none: it is no image");
  checkPixels(image, input);
  const resized = resizeImage(withoutAlpha(image), input.resize ?? null);
  const cut = input.crop ? cropCentre(resized, input.crop) : resized;
  const { width, height } = cut;
  const count = channelCount(channels);
  const data = new Float32Array(count * width * height);
  const [low, high] = range;
  for (let c = 0; c < count; c++) {
    const centre = mean?.[c] ?? 0;
    const spread = std?.[c] ?? 1;
    for (let at = 0; at < width * height; at++) {
      const pixel = channels === "grey" ? luma(cut, at) : sample(cut, at, channels === "BGR" ? 2 - c : c);
      const place = layout === "NCHW" ? c * width * height + at : at * count + c;
      data[place] = (low + ((high - low) * pixel) / 255 - centre) / spread;
    }
  }
  const dims = layout === "NCHW" ? [1, count, height, width] : [1, height, width, count];
  return { dataType: DataType.FLOAT, dims, data };
}

/** What an image of this size is resized to. */
export function resizedSize({ width, height }: ImageSize, resize: Resize): ImageSize {
  if (!("shortSide" in resize)) return { width: resize.width, height: resize.height };
  const { shortSide, longSideAtMost = Number.POSITIVE_INFINITY } = resize;
  const factor = Math.min(shortSide / Math.min(width, height), longSideAtMost / Math.max(width, height));
  return { width: wholePixels(width * factor), height: wholePixels(height * factor) };
}

/** Rounded down, but 255.99999 is 256. */
function wholePixels(length: number): number {
  return Math.max(1, Math.floor(Number(length.toFixed(2))));
}

function resizeImage(image: Pixels, resize: Resize | null): Pixels {
  if (resize === null) return image;
  const { width, height } = resizedSize(image, resize);
  return resample(image, width, height, resize.filter ?? "bilinear");
}

function withoutAlpha({ width, height, data }: RgbaImage): Pixels {
  const rgb = new Uint8ClampedArray(width * height * 3);
  for (let at = 0; at < width * height; at++) rgb.set(data.subarray(at * 4, at * 4 + 3), at * 3);
  return { width, height, channels: 3, data: rgb };
}

/** Black where the image is smaller. */
function cropCentre(image: Pixels, { width, height }: ImageSize): Pixels {
  const { channels } = image;
  const data = new Uint8ClampedArray(width * height * channels);
  const left = Math.floor((image.width - width) / 2);
  const top = Math.floor((image.height - height) / 2);
  const from = Math.max(0, left);
  const length = Math.min(image.width, left + width) - from;
  for (let y = Math.max(0, top); y < Math.min(image.height, top + height); y++) {
    const start = (y * image.width + from) * channels;
    const row = image.data.subarray(start, start + length * channels);
    data.set(row, ((y - top) * width + (from - left)) * channels);
  }
  return { width, height, channels, data };
}

function sample({ data, channels }: Pixels, at: number, channel: number): number {
  return data[at * channels + channel] as number;
}

/** ITU-R BT.601 with whole weights, as the Python Imaging Library has it. */
function luma(image: Pixels, at: number): number {
  const [red, green, blue] = [0, 1, 2].map((channel) => sample(image, at, channel)) as [
    number,
    number,
    number,
  ];
  return (red * 19_595 + green * 38_470 + blue * 7471 + 0x8000) >> 16;
}

function checkPixels({ width, height, data }: RgbaImage, input: CardInput): void {
  const isSize = [width, height].every((side) => Number.isSafeInteger(side) && side > 0);
  if (!isSize || data.length !== width * height * 4)
    throw invalid(input, "width · height · 4 bytes", `${data.length} for ${width} × ${height}`);
}

function invalid(input: CardInput, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "This cannot be made the tensor of the input card", {
    value: input.name,
    where: quoteName(input.name),
    expected,
    found,
  });
}
