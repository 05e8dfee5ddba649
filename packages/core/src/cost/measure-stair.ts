// The staircase of a runtime: how the time of one layer grows with its width, and the step at which it jumps.

import { floatTensor, GraphBuilder, intsAttribute } from "@espalier/ir";
import { modelBytes } from "../parity/parity.js";
import { seededRandom } from "../random/random.js";
import type { ModelBytes, ModelProfile, Profiler, ProgressListener } from "../runtime.js";
import type { StairPoint } from "./cost-table.js";

const SIZE = 28;
const FIRST = 33;
const LAST = 64;
/** Layers in the short and the long chain: their difference is what one layer takes. */
const CHAINS = [2, 6] as const;
const LARGEST_STEP = 32;
/** Slowdown by rounding widths up that still counts as none. */
const TOLERANCE = 1.03;

/**
 * Times a 3×3 convolution of 28 × 28 at every width from 33 to 64, in and out alike: the marginal time of a layer in
 * a chain, since an isolated one measures layout changes and copies.
 */
export async function measureStair(profiler: Profiler, onProgress?: ProgressListener): Promise<StairPoint[]> {
  const stair: StairPoint[] = [];
  const total = LAST - FIRST + 1;
  for (let width = LAST; width >= FIRST; width--) {
    const ms: number[] = [];
    for (const layers of CHAINS) {
      const { model, feeds } = chain(width, layers);
      ms.push(runTime(await profiler.profile(model, feeds)));
    }
    const us = (1000 * ((ms[1] as number) - (ms[0] as number))) / (CHAINS[1] - CHAINS[0]);
    stair.unshift({ width, us: Math.max(0, Math.round(100 * us) / 100) });
    onProgress?.({ phase: "measuring the staircase", done: stair.length, total, unit: "widths" });
  }
  return stair;
}

/** Kernels add up to a run that nothing else on the machine has interrupted. */
function runTime({ nodes, runMs }: ModelProfile): number {
  return nodes === null ? runMs : nodes.reduce((sum, node) => sum + node.durationUs, 0) / 1000;
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

function chain(
  width: number,
  layers: number,
): { model: ModelBytes; feeds: Parameters<Profiler["profile"]>[1] } {
  const random = seededRandom(width, "stair");
  const net = new GraphBuilder();
  const shape = [1, width, SIZE, SIZE];
  let x = net.input("x", shape);
  for (let i = 0; i < layers; i++) {
    const weights = Float32Array.from({ length: width * width * 9 }, () => 0.05 * random.normal());
    const w = net.weight(`w${i}`, floatTensor([width, width, 3, 3], weights));
    const attributes = { kernel_shape: intsAttribute([3, 3]), pads: intsAttribute([1, 1, 1, 1]) };
    x = net.op("Relu", [net.op("Conv", [x, w], { attributes })]);
  }
  net.output(net.op("GlobalAveragePool", [x]), "y");
  const data = Float32Array.from({ length: width * SIZE * SIZE }, () => random.normal());
  return { model: { bytes: modelBytes(net.model()) }, feeds: { x: { dataType: 1, dims: shape, data } } };
}
