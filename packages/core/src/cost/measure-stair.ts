// The staircase of a runtime: how the time of one layer grows with its width, and the step at which it jumps.

import { median, quantile } from "../measure/quantile.js";
import type { Profiler, ProgressListener } from "../runtime.js";
import { layerTime } from "./chain.js";
import type { StairPoint } from "./cost-table.js";

const FIRST = 33;
const LAST = 64;
/** Up the widths and down again: a width counts by its quieter visit. */
const PASSES = 2;
const LARGEST_STEP = 32;
/** Slowdown by rounding widths up that still counts as none. */
const TOLERANCE = 1.03;
/** Growth by one unit that counts as a jump. */
const JUMP = Math.log(1.08);
const FEWEST_JUMPS = 2;

/** Times a 3×3 convolution of 28 × 28 at every width from 33 to 64, in and out alike. */
export async function measureStair(profiler: Profiler, onProgress?: ProgressListener): Promise<StairPoint[]> {
  const best = new Map<number, number>();
  const units: number[] = [];
  const widths = Array.from({ length: LAST - FIRST + 1 }, (_, i) => LAST - i);
  const total = PASSES * widths.length;
  for (let pass = 0; pass < PASSES; pass++) {
    for (const [i, width] of (pass % 2 === 0 ? widths : widths.toReversed()).entries()) {
      const { times, unitUs } = await layerTime(profiler, width);
      best.set(width, Math.min(times, best.get(width) ?? Number.POSITIVE_INFINITY));
      units.push(unitUs);
      const done = pass * widths.length + i + 1;
      onProgress?.({ phase: "measuring the staircase", done, total, unit: "layers" });
    }
  }
  const unitUs = median(units);
  return widths
    .toReversed()
    .map((width) => ({ width, us: Math.round(100 * unitUs * (best.get(width) as number)) / 100 }));
}

/**
 * The step of a staircase: the larger of two.
 *
 * 1. Where both widths of a layer have stairs, rounding up is free: the step is doubled as long as the widths that a
 *    doubling rounds up become slower by no more than 3 % on average. (Without any stairs a layer of 48 channels becomes
 *    4 % slower by one more, in and out.)
 * 2. Where only what a layer writes has stairs, as in kernels that compute channels last, a layer still slows with what
 *    it reads, and rounding up is not free; but one unit more than a multiple of the step costs a jump.
 */
export function stepOf(stair: readonly StairPoint[]): number {
  return Math.max(roundingStep(stair), jumpStep(stair));
}

/** 2. The smallest step whose jumps, two at least, are all of 8 % or more, and above nine tenths of what other units cost. */
function jumpStep(stair: readonly StairPoint[]): number {
  const at = new Map(stair.map(({ width, us }) => [width, us]));
  const growths = stair.flatMap(({ width, us }) => {
    const next = at.get(width + 1);
    return next === undefined || us <= 0 || next <= 0 ? [] : [{ width, growth: Math.log(next / us) }];
  });
  for (let step = 2; step < LARGEST_STEP; step *= 2) {
    const jumps = growths.filter(({ width }) => width % step === 0).map(({ growth }) => growth);
    const others = growths.filter(({ width }) => width % step !== 0).map(({ growth }) => Math.abs(growth));
    if (jumps.length < FEWEST_JUMPS || others.length === 0) break;
    if (Math.min(...jumps) >= Math.max(JUMP, quantile(others, 0.9))) return step;
  }
  return 1;
}

/** 1. */
function roundingStep(stair: readonly StairPoint[]): number {
  const at = new Map(stair.map(({ width, us }) => [width, us]));
  let step = 1;
  for (; step < LARGEST_STEP; step *= 2) {
    const ratios = stair.flatMap(({ width, us }) => {
      const rounded = width % step === 0 && width % (2 * step) !== 0 ? at.get(width + step) : undefined;
      return rounded === undefined || us <= 0 ? [] : [rounded / us];
    });
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    if (ratios.length === 0 || mean > TOLERANCE) break;
  }
  return step;
}
