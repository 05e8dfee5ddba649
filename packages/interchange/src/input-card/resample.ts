// Resizes pixels the way the Python Imaging Library does, which is what networks were trained and judged with: two
// passes, columns then rows, each output pixel a weighted mean of the input pixels under a filter that is stretched
// when the image shrinks (so nothing is skipped), rounded to 8 bits after each pass. Independent of the canvas, which
// every browser scales in its own way.

import type { ResizeFilter } from "./input-card.js";

interface Kernel {
  /** Half the width of the filter, in pixels of the larger of the two images. */
  readonly support: number;
  weight(distance: number): number;
}

const KERNELS: Readonly<Record<Exclude<ResizeFilter, "nearest">, Kernel>> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: cubic },
  lanczos: { support: 3, weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Interleaved 8-bit pixels. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8ClampedArray;
}

/** `image` at another size. */
export function resample(image: Pixels, width: number, height: number, filter: ResizeFilter): Pixels {
  if (width === image.width && height === image.height) return image;
  if (filter === "nearest") return pick(image, width, height);
  const kernel = KERNELS[filter];
  const wide = width === image.width ? image : resampleRows(image, width, kernel);
  if (height === image.height) return wide;
  return transpose(resampleRows(transpose(wide), height, kernel));
}

/** Along the rows: every row becomes `width` pixels long. */
function resampleRows(image: Pixels, width: number, kernel: Kernel): Pixels {
  const { channels, height } = image;
  const windows = windowsOf(image.width, width, kernel);
  const data = new Uint8ClampedArray(width * height * channels);
  for (let y = 0; y < height; y++) {
    const row = y * image.width;
    for (let x = 0; x < width; x++) {
      const { first, weights } = windows[x] as Window;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++)
          sum += (weights[k] as number) * (image.data[(row + first + k) * channels + c] as number);
        // The clamped array rounds halves to even; the library rounds them up.
        data[(y * width + x) * channels + c] = Math.floor(sum + 0.5);
      }
    }
  }
  return { width, height, channels, data };
}

interface Window {
  readonly first: number;
  /** They add up to 1. */
  readonly weights: Float64Array;
}

function windowsOf(from: number, to: number, { support, weight }: Kernel): Window[] {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  return Array.from({ length: to }, (_, position) => {
    const centre = (position + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const last = Math.min(from, Math.floor(centre + reach + 0.5));
    const weights = Float64Array.from({ length: last - first }, (_, k) =>
      weight((first + k - centre + 0.5) / stretch),
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((one) => one / sum) };
  });
}

function pick(
  { width: from, height: rows, channels, data: pixels }: Pixels,
  width: number,
  height: number,
): Pixels {
  const data = new Uint8ClampedArray(width * height * channels);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * rows) / height) * from;
    for (let x = 0; x < width; x++) {
      const at = (row + Math.floor(((x + 0.5) * from) / width)) * channels;
      data.set(pixels.subarray(at, at + channels), (y * width + x) * channels);
    }
  }
  return { width, height, channels, data };
}

function transpose({ width, height, channels, data: pixels }: Pixels): Pixels {
  const data = new Uint8ClampedArray(pixels.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++)
        data[(x * height + y) * channels + c] = pixels[(y * width + x) * channels + c] as number;
  return { width: height, height: width, channels, data };
}

/** Keys' cubic with a = −0.5. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
