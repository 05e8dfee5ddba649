// A chain of equal convolutions, to learn what a runtime rewards: the difference between a long and a short chain is
// the marginal time of a layer, without layout changes, copies and what a run takes besides.

import { floatTensor, GraphBuilder, intsAttribute } from "@espalier/ir";
import { modelBytes } from "../parity/parity.js";
import { seededRandom } from "../random/random.js";
import type { Feeds, ModelBytes, ModelProfile, Profiler, ProfilerOptions } from "../runtime.js";

const SIZE = 28;
const SHORT = 2;
const LONG = 6;
const REFERENCE_WIDTH = 64;

/** Says whether a weight is kept: the filter's number, the input channel, the place in the kernel. */
export type WeightMask = (filter: number, channel: number, place: number) => boolean;

/**
 * What chains take turns with where only whole runs can be timed well: a browser rounds its clock, which kernels notice,
 * and a machine changes its speed while a staircase is measured.
 */
export function chainReference(): NonNullable<ProfilerOptions["reference"]> {
  return chain(REFERENCE_WIDTH, LONG);
}

/** A time that compares with others of the same profiler: `times` units of `unitUs` microseconds. */
export interface LayerTime {
  readonly times: number;
  /** 1, or a run of the reference meanwhile. */
  readonly unitUs: number;
}

/**
 * One 3×3 convolution of 28 × 28 with `width` channels in and out, with its ReLU: by its kernels, or by whole runs in
 * turns with {@link chainReference} where the profiler was opened with that.
 */
export async function layerTime(profiler: Profiler, width: number, keep?: WeightMask): Promise<LayerTime> {
  const runs: LayerTime[] = [];
  for (const layers of [SHORT, LONG]) {
    const { model, feeds } = chain(width, layers, keep);
    runs.push(runTime(await profiler.profile(model, feeds)));
  }
  const [short, long] = runs as [LayerTime, LayerTime];
  return { times: Math.max(0, (long.times - short.times) / (LONG - SHORT)), unitUs: long.unitUs };
}

/** Kernels add up to a run that nothing else on the machine has interrupted. */
function runTime({ nodes, p10Ms, reference }: ModelProfile): LayerTime {
  if (reference !== null) return { times: reference.times, unitUs: 1000 * reference.medianMs };
  const us = nodes === null ? 1000 * p10Ms : nodes.reduce((sum, node) => sum + node.durationUs, 0);
  return { times: us, unitUs: 1 };
}

function chain(width: number, layers: number, keep?: WeightMask): { model: ModelBytes; feeds: Feeds } {
  const random = seededRandom(width, "chain");
  const net = new GraphBuilder();
  const shape = [1, width, SIZE, SIZE];
  let x = net.input("x", shape);
  for (let i = 0; i < layers; i++) {
    const weights = new Float32Array(width * width * 9);
    for (let at = 0; at < weights.length; at++) {
      const value = random.normal() / Math.sqrt(4.5 * width); // signals neither grow nor fade
      if (keep === undefined || keep(Math.floor(at / (9 * width)), Math.floor(at / 9) % width, at % 9))
        weights[at] = value;
    }
    const w = net.weight(`w${i}`, floatTensor([width, width, 3, 3], weights));
    const attributes = { kernel_shape: intsAttribute([3, 3]), pads: intsAttribute([1, 1, 1, 1]) };
    x = net.op("Relu", [net.op("Conv", [x, w], { attributes })]);
  }
  net.output(net.op("GlobalAveragePool", [x]), "y");
  const data = new Float32Array(width * SIZE * SIZE).map(() => random.normal());
  return { model: { bytes: modelBytes(net.model()) }, feeds: { x: { dataType: 1, dims: shape, data } } };
}
