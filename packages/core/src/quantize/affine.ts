// Affine quantisation to eight bits, as TensorFlow Lite's kernels compute it. Pure arithmetic: whoever writes a format
// takes the numbers from here.
//
//   real = scale · (stored − zeroPoint)                                                   (1)
//   stored = clamp(round(real / scale) + zeroPoint)                                       (2)
//
// Source: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
// Inference", §2.1, eq. 1, arXiv:1712.05877; the TFLite 8-bit quantization specification
// (ai.google.dev/edge/litert/models/quantization_spec). Halves are rounded away from zero, as its kernels do.

import { EspalierError } from "@espalier/ir";

/** How a tensor's integers stand for reals. */
export interface AffineParameters {
  /** A float32: formats store it as one. */
  readonly scale: number;
  /** The integer that stands for 0. */
  readonly zeroPoint: number;
}

/** Real values that an activation takes. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** Smallest and largest int8 of activations; weights leave −128 out, so that they are symmetric. */
export const INT8 = { lowest: -128, highest: 127 } as const;
/** Below it a float32 loses digits. */
export const SMALLEST_SCALE: number = 2 ** -126;
const STEPS = INT8.highest - INT8.lowest;

/**
 * Parameters of an int8 activation. The range is widened to hold 0, whose integer then is exact: padding and ReLU need
 * that (Jacob et al. 2018, §2.1).
 *
 *   scale = (max − min) / 255,   zeroPoint = round(−128 − min / scale)
 *
 * @throws EspalierError `NONFINITE` where an end is not finite or the range is too wide for a float32 scale
 * @example
 * asymmetricInt8({ min: 0, max: 2.55 }) // => { scale: 0.01 as float32, zeroPoint: -128 }
 */
export function asymmetricInt8({ min, max }: ValueRange): AffineParameters {
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const scale = Math.fround((high - low) / STEPS);
  if (!Number.isFinite(scale) || min > max) {
    throw new EspalierError("NONFINITE", "A range cannot be quantised", {
      expected: "finite ends in order",
      found: `${min} … ${max}`,
    });
  }
  if (scale < SMALLEST_SCALE) return { scale: 1, zeroPoint: 0 }; // nothing but 0, as far as a float32 tells
  const zeroPoint = clamp(roundHalfAway(INT8.lowest - low / scale), INT8.lowest, INT8.highest);
  return { scale, zeroPoint: zeroPoint + 0 }; // never -0
}

/** The reals that int8 with these parameters reaches. */
export function rangeOf({ scale, zeroPoint }: AffineParameters): ValueRange {
  return { min: scale * (INT8.lowest - zeroPoint), max: scale * (INT8.highest - zeroPoint) };
}

/** (2); what lies outside the range becomes its end. */
export function quantiseInt8(values: ArrayLike<number>, { scale, zeroPoint }: AffineParameters): Int8Array {
  return Int8Array.from(values, (value) =>
    clamp(roundHalfAway(value / scale) + zeroPoint, INT8.lowest, INT8.highest),
  );
}

/** (1) */
export function dequantise(stored: ArrayLike<number>, { scale, zeroPoint }: AffineParameters): Float32Array {
  return Float32Array.from(stored, (value) => scale * (value - zeroPoint));
}

/** 2.5 → 3, −2.5 → −3; `Math.round` would give −2. */
export function roundHalfAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

export function clamp(value: number, lowest: number, highest: number): number {
  return Math.min(highest, Math.max(lowest, value));
}
