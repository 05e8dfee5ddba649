// The staircase of a runtime: how the time of one layer grows with its width, and the step at which it jumps.

import { median } from "../measure/quantile.js";
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
 * The step of a staircase: doubled as long as the widths that a doubling rounds up become slower by no more than 3 %
 * on average. (Without any stairs a layer of 48 channels becomes 4 % slower by one more, in and out.)
 */
export function stepOf(stair: readonly StairPoint[]): number {
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
