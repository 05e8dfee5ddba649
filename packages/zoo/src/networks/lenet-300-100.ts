// LeNet-300-100: the fully connected network of LeCun et al. 1998 that pruning papers begin with.

import type { Model } from "@espalier/ir";
import { glorotNormal } from "../initialise/glorot-normal.js";
import { Layers } from "../layers/layers.js";
import { seededWeights } from "../layers/weight-source.js";
import { type ConvolutionalOptions, checkCounts, checkSeed, scaledChannels } from "./options.js";

/**
 * 784 → 300 → 100 → 10 with ReLU, for 28 × 28 grey images.
 *
 * 266,200 weights (235,200 + 30,000 + 1,000) and 410 biases; as many MACs as weights.
 *
 * Source: Han et al. 2015, "Learning both Weights and Connections", table 2, arXiv:1506.02626; initialised as in Frankle
 * & Carbin 2019, figure 2 (Gaussian Glorot), arXiv:1803.03635.
 *
 * @returns input [N, 1, 28, 28] → logits [N, classes]
 */
export function lenet300100({ seed = 1, classes = 10, width = 1 }: ConvolutionalOptions = {}): Model {
  checkSeed(seed);
  checkCounts({ classes });
  const net = new Layers("lenet-300-100", seededWeights(seed), glorotNormal());
  const hidden = [300, 100].map((units) => scaledChannels(units, width));
  let x = net.flatten(net.input("input", [1, 28, 28]));
  let from = 784;
  for (const [i, to] of hidden.entries()) {
    x = net.relu(net.linear(x, `fc${i + 1}`, { from, to }), `relu${i + 1}`);
    from = to;
  }
  return net.model(net.linear(x, "fc3", { from, to: classes }), [classes]);
}
