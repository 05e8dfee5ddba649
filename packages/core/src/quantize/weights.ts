// Stored weights and biases in integers, as TensorFlow Lite's kernels take them: weights in int8, symmetric, with a scale
// for each slice that makes one output; biases in int32 in the unit of the products.
//
//   scale_w[c] = max|W[c]| / 127,   zero point 0,   stored in −127 … 127
//   scale_b[c] = scale_x · scale_w[c],   zero point 0
//
// Source: Jacob et al. 2018, §2.4 and eq. 11, arXiv:1712.05877; the TFLite 8-bit quantization specification. A scale is
// raised where its bias would not fit otherwise, as TensorFlow's converter does; slices of zeros take the scale of the
// whole tensor, so that their biases keep their digits.

import { clamp, roundHalfAway, SMALLEST_SCALE } from "./affine.js";

const MOST_WEIGHT = 127;
/** A sum of products may still be added to it. */
const MOST_BIAS = 2 ** 30;
const INT32 = { lowest: -(2 ** 31), highest: 2 ** 31 - 1 } as const;

/** Elements row-major; slice c of the axis has its own scale. */
export interface WeightSlices {
  readonly elements: ArrayLike<number>;
  /** Slices along the axis; 1 for one scale for all. */
  readonly slices: number;
  /** Elements behind one position of the axis; all of them where there is one slice. */
  readonly stride: number;
}

/** The slices along an axis of a shape; null for one scale for all. */
export function weightSlices(
  elements: ArrayLike<number>,
  shape: readonly number[],
  axis: number | null,
): WeightSlices {
  if (axis === null) return { elements, slices: 1, stride: Math.max(1, elements.length) };
  const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  return { elements, slices: shape[axis] as number, stride };
}

/**
 * Scales of the slices, as float32.
 *
 * @param bias one element a slice and the scale of the input it is added to; null where there is none
 */
export function weightScales(
  weights: WeightSlices,
  bias: { readonly elements: ArrayLike<number>; readonly inputScale: number } | null = null,
): Float32Array {
  const largest = new Float64Array(weights.slices);
  forEachSlice(weights, (value, slice) => {
    largest[slice] = Math.max(largest[slice] as number, Math.abs(value));
  });
  const all = largest.reduce((most, value) => Math.max(most, value), 0);
  return Float32Array.from(largest, (most, slice) => {
    const scale = [most, all].map((one) => one / MOST_WEIGHT).find((one) => one >= SMALLEST_SCALE) ?? 1;
    if (bias === null) return scale;
    const needed =
      weights.slices === 1
        ? Array.from(bias.elements).reduce((a, b) => Math.max(a, Math.abs(b)), 0)
        : Math.abs(bias.elements[slice] ?? 0);
    return Math.max(scale, needed / MOST_BIAS / bias.inputScale);
  });
}

/** Stored weights. */
export function quantiseWeights(weights: WeightSlices, scales: Float32Array): Int8Array {
  const stored = new Int8Array(weights.elements.length);
  forEachSlice(weights, (value, slice, i) => {
    stored[i] = clamp(roundHalfAway(value / (scales[slice] as number)), -MOST_WEIGHT, MOST_WEIGHT);
  });
  return stored;
}

/** Stored biases and their scales; one of `weightScales` serves all outputs where there is one. */
export function quantiseBias(
  bias: ArrayLike<number>,
  inputScale: number,
  weightScale: Float32Array,
): { readonly stored: Int32Array; readonly scales: Float32Array } {
  const scales = weightScale.map((scale) => inputScale * scale);
  const stored = Int32Array.from(bias, (value, i) => {
    const scale = scales[scales.length === 1 ? 0 : i] as number;
    return clamp(roundHalfAway(value / scale), INT32.lowest, INT32.highest);
  });
  return { stored, scales };
}

function forEachSlice(
  { elements, slices, stride }: WeightSlices,
  visit: (value: number, slice: number, i: number) => void,
): void {
  for (let i = 0; i < elements.length; i++) {
    visit(elements[i] as number, Math.floor(i / stride) % slices, i);
  }
}
