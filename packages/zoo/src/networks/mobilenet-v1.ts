// MobileNetV1: depthwise separable convolutions.

import type { Model, Value } from "@espalier/ir";
import { heNormal } from "../initialise/he-normal.js";
import { fanInUniform } from "../initialise/uniform.js";
import { type ConvOptions, Layers } from "../layers/layers.js";
import { seededWeights } from "../layers/weight-source.js";
import {
  type ConvolutionalOptions,
  checkCounts,
  checkSeed,
  divisibleChannels,
  type ResolutionOptions,
} from "./options.js";

/** Output channels and stride of the separable convolutions. */
const BLOCKS: readonly (readonly [channels: number, stride: number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

/**
 * 4,231,976 parameters; 569M MACs at 224 × 224. With `width` 0.75: 2.6M and 325M; 0.5: 1.3M and 149M; 0.25: 0.5M and 41M.
 *
 * Source: Howard et al. 2017, "MobileNets", table 1 and table 6, arXiv:1704.04861. Differs: the last separable
 * convolution has stride 1 (its "s2" cannot be, by the sizes given); He normal by fan-in, the paper states none.
 *
 * @param options.width the paper's α; channels become multiples of 8
 * @returns input [N, 3, resolution, resolution] → logits [N, classes]
 */
export function mobilenetV1(options: ConvolutionalOptions & ResolutionOptions = {}): Model {
  const { seed = 1, classes = 1000, width = 1, resolution = 224 } = options;
  checkSeed(seed);
  checkCounts({ classes, resolution });
  const net = new Layers("mobilenet-v1", seededWeights(seed), heNormal());
  /** Convolution, batch normalisation, ReLU: three numbers of the block, from `first` on. */
  const unit = (x: Value, block: number, first: number, conv: ConvOptions): Value => {
    const name = (part: number): string => `features.${block}.${first + part}`;
    return net.relu(net.batchNorm(net.conv(x, name(0), conv), name(1), conv.to), name(2));
  };
  let from = divisibleChannels(32, width);
  let x = net.input("input", [3, resolution, resolution]);
  x = unit(x, 0, 0, { from: 3, to: from, kernel: 3, stride: 2 });
  for (const [i, [channels, stride]] of BLOCKS.entries()) {
    const to = divisibleChannels(channels, width);
    x = unit(x, i + 1, 0, { from, to: from, kernel: 3, stride, groups: from });
    x = unit(x, i + 1, 3, { from, to, kernel: 1 });
    from = to;
  }
  const classifier = { from, to: classes, initialise: fanInUniform() };
  return net.model(net.linear(net.globalAverage(x), "classifier", classifier), [classes]);
}
