// ResNet-50 for ImageNet: bottleneck blocks, projection shortcuts where a stage begins.

import type { Model, Value } from "@espalier/ir";
import { heNormal } from "../initialise/he-normal.js";
import { fanInUniform } from "../initialise/uniform.js";
import { Layers } from "../layers/layers.js";
import { seededWeights } from "../layers/weight-source.js";
import {
  type ConvolutionalOptions,
  checkCounts,
  checkSeed,
  type ResolutionOptions,
  scaledChannels,
} from "./options.js";

/** Inner channels and blocks of the stages; four times the inner channels leave a block. */
const STAGES: readonly (readonly [inner: number, blocks: number])[] = [
  [64, 3],
  [128, 4],
  [256, 6],
  [512, 3],
];

/**
 * 25,557,032 parameters; 4.09G MACs at 224 × 224.
 *
 * Source: He et al. 2016, table 1, arXiv:1512.03385. Differs: the 3 × 3 convolution of a block has the stride, not the
 * first 1 × 1 one (3.8G in the paper), as in torchvision's `resnet50`, whose names and initialisation (He normal by
 * fan-out) these are too.
 *
 * @returns input [N, 3, resolution, resolution] → logits [N, classes]
 */
export function resnet50(options: ConvolutionalOptions & ResolutionOptions = {}): Model {
  const { seed = 1, classes = 1000, width = 1, resolution = 224 } = options;
  checkSeed(seed);
  checkCounts({ classes, resolution });
  const net = new Layers("resnet50", seededWeights(seed), heNormal("out"));
  let from = scaledChannels(64, width);
  const image = net.input("input", [3, resolution, resolution]);
  let x = net.conv(image, "conv1", { from: 3, to: from, kernel: 7, stride: 2 }); // [N, 64, 112, 112]
  x = net.relu(net.batchNorm(x, "bn1", from), "relu");
  x = net.maxPool(x, "maxpool", 3, 2, 1); //                                        [N, 64, 56, 56]
  for (const [stage, [channels, blocks]] of STAGES.entries()) {
    const inner = scaledChannels(channels, width);
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      x = bottleneck(net, x, `layer${stage + 1}.${block}`, { from, inner, stride, project: block === 0 });
      from = 4 * inner;
    }
  }
  const fc = { from, to: classes, initialise: fanInUniform() };
  return net.model(net.linear(net.globalAverage(x), "fc", fc), [classes]);
}

interface BottleneckOptions {
  readonly from: number;
  readonly inner: number;
  readonly stride: number;
  readonly project: boolean;
}

function bottleneck(net: Layers, x: Value, name: string, options: BottleneckOptions): Value {
  const { from, inner, stride, project } = options;
  const to = 4 * inner;
  let shortcut = x;
  if (project) {
    shortcut = net.conv(x, `${name}.downsample.0`, { from, to, kernel: 1, stride });
    shortcut = net.batchNorm(shortcut, `${name}.downsample.1`, to);
  }
  let y = net.conv(x, `${name}.conv1`, { from, to: inner, kernel: 1 });
  y = net.relu(net.batchNorm(y, `${name}.bn1`, inner), `${name}.relu1`);
  y = net.conv(y, `${name}.conv2`, { from: inner, to: inner, kernel: 3, stride });
  y = net.relu(net.batchNorm(y, `${name}.bn2`, inner), `${name}.relu2`);
  y = net.batchNorm(net.conv(y, `${name}.conv3`, { from: inner, to, kernel: 1 }), `${name}.bn3`, to);
  return net.relu(net.add(y, shortcut, `${name}.add`), `${name}.relu3`);
}
