// MobileNetV2: inverted residuals with linear bottlenecks.

import type { Model, Value } from "@espalier/ir";
import { heNormal } from "../initialise/he-normal.js";
import { normal } from "../initialise/normal.js";
import { type ConvOptions, Layers } from "../layers/layers.js";
import { seededWeights } from "../layers/weight-source.js";
import {
  type ConvolutionalOptions,
  checkCounts,
  checkDropout,
  checkSeed,
  type DropoutOptions,
  divisibleChannels,
  type ResolutionOptions,
} from "./options.js";

/** Table 2: expansion, output channels, repetitions, stride of the first. */
const STAGES: readonly (readonly [expansion: number, channels: number, repeats: number, stride: number])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/**
 * 3,504,872 parameters; 301M MACs at 224 × 224.
 *
 * Source: Sandler et al. 2018, "MobileNetV2", table 2 and table 4 (3.4M, 300M), arXiv:1801.04381. Names follow
 * torchvision's `mobilenet_v2`; He normal by fan-in (the paper states none; by PyTorch's fan-out depthwise signals
 * would fade before anything was normalised), classifier N(0, 0.01²). `dropout: 0.2` is torchvision's.
 *
 * @param options.width the paper's α; channels become multiples of 8, and the last layer never loses any
 * @returns input [N, 3, resolution, resolution] → logits [N, classes]
 */
export function mobilenetV2(options: ConvolutionalOptions & ResolutionOptions & DropoutOptions = {}): Model {
  const { seed = 1, classes = 1000, width = 1, resolution = 224, dropout = 0 } = options;
  checkSeed(seed);
  checkCounts({ classes, resolution });
  checkDropout(dropout);
  const net = new Layers("mobilenet-v2", seededWeights(seed), heNormal());
  let from = divisibleChannels(32, width);
  const image = net.input("input", [3, resolution, resolution]);
  let x = unit(net, image, "features.0", { from: 3, to: from, kernel: 3, stride: 2 });
  let index = 1;
  for (const [expansion, channels, repeats, first] of STAGES) {
    const to = divisibleChannels(channels, width);
    for (let i = 0; i < repeats; i++) {
      const stride = i === 0 ? first : 1;
      x = invertedResidual(net, x, `features.${index++}`, { from, to, expansion, stride });
      from = to;
    }
  }
  const last = divisibleChannels(1280, Math.max(1, width));
  x = unit(net, x, `features.${index}`, { from, to: last, kernel: 1 });
  x = net.dropout(net.globalAverage(x), "classifier.0", dropout);
  const classifier = { from: last, to: classes, initialise: normal(0.01) };
  return net.model(net.linear(x, "classifier.1", classifier), [classes]);
}

/** Convolution, batch normalisation, ReLU6. */
function unit(net: Layers, x: Value, name: string, conv: ConvOptions): Value {
  const y = net.conv(x, `${name}.0`, conv);
  return net.relu6(net.batchNorm(y, `${name}.1`, conv.to), `${name}.2`);
}

interface InvertedResidualOptions {
  readonly from: number;
  readonly to: number;
  readonly expansion: number;
  readonly stride: number;
}

/** Expand (unless there is nothing to expand), depthwise, project; a shortcut where the shapes allow one. */
function invertedResidual(net: Layers, x: Value, name: string, options: InvertedResidualOptions): Value {
  const { from, to, expansion, stride } = options;
  const inner = from * expansion;
  let [y, part] = [x, 0];
  if (expansion !== 1) y = unit(net, y, `${name}.conv.${part++}`, { from, to: inner, kernel: 1 });
  y = unit(net, y, `${name}.conv.${part++}`, { from: inner, to: inner, kernel: 3, stride, groups: inner });
  y = net.conv(y, `${name}.conv.${part++}`, { from: inner, to, kernel: 1 });
  y = net.batchNorm(y, `${name}.conv.${part}`, to);
  return stride === 1 && from === to ? net.add(x, y, `${name}.add`) : y;
}
