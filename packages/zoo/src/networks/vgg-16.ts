// VGG-16 for CIFAR with batch normalisation, as filter pruning papers use it.

import type { Model } from "@espalier/ir";
import { heNormal } from "../initialise/he-normal.js";
import { normal } from "../initialise/normal.js";
import { Layers } from "../layers/layers.js";
import { seededWeights } from "../layers/weight-source.js";
import { type ConvolutionalOptions, checkCounts, checkSeed, scaledChannels } from "./options.js";

/** Channels of the convolutions; a 2 × 2 max pooling follows every stage. */
const STAGES: readonly (readonly number[])[] = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
];

/**
 * 13 convolutions of 3 × 3 and two linear layers (512 → 512 → 10), batch normalisation behind all but the last.
 *
 * 14.98M weights of layers (14.99M parameters with γ, β and biases); 313.46M MACs at 32 × 32.
 *
 * Source: Li et al. 2017, "Pruning Filters for Efficient ConvNets", table 1 and table 3, arXiv:1608.08710. Initialised
 * as in Liu et al. 2019, "Rethinking the Value of Network Pruning", arXiv:1810.05270: He normal by fan-out, linear
 * layers N(0, 0.01²). Differs: γ begins at 1, not 0.5, so that signals survive before anything was normalised; the last
 * pooling takes the maximum, as the others do.
 *
 * Names follow torchvision's `vgg16_bn` (`features.0.weight`, `classifier.0.weight`).
 *
 * @returns input [N, 3, 32, 32] → logits [N, classes]
 */
export function vgg16({ seed = 1, classes = 10, width = 1 }: ConvolutionalOptions = {}): Model {
  checkSeed(seed);
  checkCounts({ classes });
  const net = new Layers("vgg16", seededWeights(seed), heNormal("out"));
  let x = net.input("input", [3, 32, 32]);
  let [from, index] = [3, 0];
  const next = (): string => `features.${index++}`;
  for (const stage of STAGES) {
    for (const channels of stage) {
      const to = scaledChannels(channels, width);
      x = net.conv(x, next(), { from, to, kernel: 3 });
      x = net.batchNorm(x, next(), to);
      x = net.relu(x, next());
      from = to;
    }
    x = net.maxPool(x, next(), 2);
  }
  const hidden = scaledChannels(512, width);
  const small = normal(0.01);
  x = net.linear(net.flatten(x), "classifier.0", { from, to: hidden, initialise: small });
  x = net.relu(net.batchNorm(x, "classifier.1", hidden), "classifier.2");
  return net.model(net.linear(x, "classifier.3", { from: hidden, to: classes, initialise: small }), [
    classes,
  ]);
}
