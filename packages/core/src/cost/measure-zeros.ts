// Whether a runtime skips zeros: the time of a layer with most of its weights zero over that of the same layer dense.

import type { Evidence } from "../granularity/granularity.js";
import { seededRandom } from "../random/random.js";
import type { Profiler } from "../runtime.js";
import { layerTime, type WeightMask } from "./chain.js";

const WIDTH = 64;
/** Dense and sparse take turns; the quietest of each counts. */
const ROUNDS = 3;
const DENSITY = 0.1;

export interface ZerosMeasured {
  /** 90 % of the weights zero, anywhere. */
  readonly zeros: Evidence;
  /** Two of every four consecutive input channels zero. */
  readonly twoOfFour: Evidence;
}

/** Latency ratios, 1 where the runtime does with zeros what it does with other numbers. */
export async function measureZeros(profiler: Profiler): Promise<ZerosMeasured> {
  const random = seededRandom(1, "zeros");
  const scattered: WeightMask = () => random.uniform() < DENSITY;
  const twoOfFour: WeightMask = (filter, channel) => (channel + filter) % 4 < 2;
  const best = { dense: Infinity, scattered: Infinity, twoOfFour: Infinity };
  for (let round = 0; round < ROUNDS; round++) {
    best.dense = Math.min(best.dense, (await layerTime(profiler, WIDTH)).times);
    best.scattered = Math.min(best.scattered, (await layerTime(profiler, WIDTH, scattered)).times);
    best.twoOfFour = Math.min(best.twoOfFour, (await layerTime(profiler, WIDTH, twoOfFour)).times);
  }
  const evidence = (quantity: string, us: number): Evidence => ({
    quantity,
    value: Number((us / best.dense).toPrecision(3)),
    unit: "× the dense layer's time",
    source: "measured",
    reference: `3×3 convolution, ${WIDTH} channels, 28 × 28, one thread`,
  });
  return {
    zeros: evidence("a layer with 90 % zeros", best.scattered),
    twoOfFour: evidence("a layer with 2 of 4 weights zero", best.twoOfFour),
  };
}
