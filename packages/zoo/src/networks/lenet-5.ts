// LeNet-5 in Caffe's form, which the pruning papers mean by the name.

import type { Model } from "@espalier/ir";
import { caffeXavier } from "../initialise/uniform.js";
import { Layers } from "../layers/layers.js";
import { seededWeights } from "../layers/weight-source.js";
import { type ConvolutionalOptions, checkCounts, checkSeed, scaledChannels } from "./options.js";

/**
 * Convolutions of 20 and 50 channels (5 × 5, no padding, each followed by 2 × 2 max pooling and nothing else), then
 * 500 → 10 with one ReLU between. For 28 × 28 grey images.
 *
 * 430,500 weights (500 + 25,000 + 400,000 + 5,000) and 580 biases; 2.293M MACs (288K, 1600K, 400K, 5K).
 *
 * Source: Han et al. 2015, table 3, arXiv:1506.02626; layers and initialisation as in Caffe's `lenet.prototxt`.
 *
 * @returns input [N, 1, 28, 28] → logits [N, classes]
 */
export function lenet5({ seed = 1, classes = 10, width = 1 }: ConvolutionalOptions = {}): Model {
  checkSeed(seed);
  checkCounts({ classes });
  const net = new Layers("lenet-5", seededWeights(seed), caffeXavier());
  const [first, second, hidden] = [20, 50, 500].map((units) => scaledChannels(units, width)) as [
    number,
    number,
    number,
  ];
  const input = net.input("input", [1, 28, 28]);
  let x = net.conv(input, "conv1", { from: 1, to: first, kernel: 5, pad: 0, bias: true }); // [N, 20, 24, 24]
  x = net.maxPool(x, "pool1", 2); //                                                          [N, 20, 12, 12]
  x = net.conv(x, "conv2", { from: first, to: second, kernel: 5, pad: 0, bias: true }); //    [N, 50, 8, 8]
  x = net.maxPool(x, "pool2", 2); //                                                          [N, 50, 4, 4]
  x = net.linear(net.flatten(x), "fc1", { from: second * 16, to: hidden });
  x = net.relu(x, "relu1");
  return net.model(net.linear(x, "fc2", { from: hidden, to: classes }), [classes]);
}
