// Chance for drawing: one 32-bit number for each value, because noise is drawn for every pixel.

import type { Random } from "@espalier/core";

const TWO_32 = 2 ** 32;
/** Of the sum of four uniform bytes: mean 4 · 127.5, variance 4 · (256² − 1) / 12. */
const MEAN = 510;
const DEVIATION = Math.sqrt((4 * (256 ** 2 - 1)) / 12);

/** Nearly normal with mean 0 and variance 1, and never beyond ± 3.46: the sum of four bytes of one number. */
export function bell(random: Random): number {
  const bits = random.uniform() * TWO_32;
  const low = bits & 0xffff;
  const high = (bits / 65_536) & 0xffff;
  return ((low & 0xff) + (low >>> 8) + (high & 0xff) + (high >>> 8) - MEAN) / DEVIATION;
}

/** Sum of two uniform numbers of 5 bits: mean 2 · 15.5, variance 2 · (32² − 1) / 12. */
const GRAIN_DEVIATION = Math.sqrt((2 * (32 ** 2 - 1)) / 12);
/** By 10 bits, noise of mean 0 and variance 1 within ± 2.4. */
const GRAIN: Float64Array = Float64Array.from(
  { length: 1024 },
  (_, bits) => ((bits & 31) + (bits >>> 5) - 31) / GRAIN_DEVIATION,
);

/** Noise for the three channels of one pixel, from one number. */
export function grain(random: Random, into: Float64Array): void {
  const bits = random.uniform() * TWO_32;
  into[0] = GRAIN[bits & 1023] as number;
  into[1] = GRAIN[(bits >>> 10) & 1023] as number;
  into[2] = GRAIN[(bits >>> 20) & 1023] as number;
}

/** Uniform in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}
