// A chain of equal convolutions, to learn what a runtime rewards: the difference between a long and a short chain is
// the marginal time of a layer, without layout changes, copies and what a run takes besides.

import { floatTensor, GraphBuilder, intsAttribute } from "@espalier/ir";
import { modelBytes } from "../parity/parity.js";
import { seededRandom } from "../random/random.js";
import type { Feeds, ModelBytes, ModelProfile, Profiler } from "../runtime.js";

const SIZE = 28;
const SHORT = 2;
const LONG = 6;

/** Says whether a weight is kept: the filter's number, the input channel, the place in the kernel. */
export type WeightMask = (filter: number, channel: number, place: number) => boolean;

/** Microseconds of one 3×3 convolution of 28 × 28 with `width` channels in and out, with its ReLU. */
export async function layerTime(profiler: Profiler, width: number, keep?: WeightMask): Promise<number> {
  const ms: number[] = [];
  for (const layers of [SHORT, LONG]) {
    const { model, feeds } = chain(width, layers, keep);
    ms.push(runTime(await profiler.profile(model, feeds)));
  }
  return Math.max(0, (1000 * ((ms[1] as number) - (ms[0] as number))) / (LONG - SHORT));
}

/** Kernels add up to a run that nothing else on the machine has interrupted. */
function runTime({ nodes, p10Ms }: ModelProfile): number {
  return nodes === null ? p10Ms : nodes.reduce((sum, node) => sum + node.durationUs, 0) / 1000;
}

function chain(width: number, layers: number, keep?: WeightMask): { model: ModelBytes; feeds: Feeds } {
  const random = seededRandom(width, "chain");
  const net = new GraphBuilder();
  const shape = [1, width, SIZE, SIZE];
  let x = net.input("x", shape);
  for (let i = 0; i < layers; i++) {
    const weights = Float32Array.from({ length: width * width * 9 }, (_, at) => {
      const value = random.normal() / Math.sqrt(4.5 * width); // signals neither grow nor fade
      const [filter, channel, place] = [Math.floor(at / (9 * width)), Math.floor(at / 9) % width, at % 9];
      return keep === undefined || keep(filter, channel, place) ? value : 0;
    });
    const w = net.weight(`w${i}`, floatTensor([width, width, 3, 3], weights));
    const attributes = { kernel_shape: intsAttribute([3, 3]), pads: intsAttribute([1, 1, 1, 1]) };
    x = net.op("Relu", [net.op("Conv", [x, w], { attributes })]);
  }
  net.output(net.op("GlobalAveragePool", [x]), "y");
  const data = Float32Array.from({ length: width * SIZE * SIZE }, () => random.normal());
  return { model: { bytes: modelBytes(net.model()) }, feeds: { x: { dataType: 1, dims: shape, data } } };
}
