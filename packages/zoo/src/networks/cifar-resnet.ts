// The residual networks for CIFAR: 6n + 2 layers, shortcuts without parameters.

import type { Model, Value } from "@espalier/ir";
import { heNormal } from "../initialise/he-normal.js";
import { Layers } from "../layers/layers.js";
import { seededWeights } from "../layers/weight-source.js";
import { type ConvolutionalOptions, checkCounts, checkSeed, scaledChannels } from "./options.js";

/** 269,722 parameters; 40.55M MACs at 32 × 32. He et al. 2016, §4.2, table 6 (0.27M), arXiv:1512.03385. */
export function resnet20(options: ConvolutionalOptions = {}): Model {
  return cifarResnet("resnet20", 3, options);
}

/** 464,154 parameters; 68.86M MACs at 32 × 32. He et al. 2016, table 6 (0.46M). */
export function resnet32(options: ConvolutionalOptions = {}): Model {
  return cifarResnet("resnet32", 5, options);
}

/** 853,018 parameters; 125.49M MACs at 32 × 32. He et al. 2016, table 6 (0.85M); Li et al. 2017, table 1 (1.25e8). */
export function resnet56(options: ConvolutionalOptions = {}): Model {
  return cifarResnet("resnet56", 9, options);
}

/** 1,727,962 parameters; 252.89M MACs at 32 × 32. He et al. 2016, table 6 (1.7M); Li et al. 2017, table 1 (2.53e8). */
export function resnet110(options: ConvolutionalOptions = {}): Model {
  return cifarResnet("resnet110", 18, options);
}

/**
 * A 3 × 3 convolution, three stages of `n` blocks with 16, 32 and 64 channels, the mean over the image, one linear
 * layer. Where a stage begins, the shortcut takes every second pixel and gets zero channels on both sides (option A).
 *
 * Source: He et al. 2016, "Deep Residual Learning for Image Recognition", §4.2, arXiv:1512.03385; He normal by fan-in,
 * its reference 13. Differs: zero channels are added half below and half above, as in the PyTorch re-implementation
 * that pretrained weights come from (names too).
 *
 * @returns input [N, 3, 32, 32] → logits [N, classes]
 */
function cifarResnet(name: string, n: number, options: ConvolutionalOptions): Model {
  const { seed = 1, classes = 10, width = 1 } = options;
  checkSeed(seed);
  checkCounts({ classes });
  const net = new Layers(name, seededWeights(seed), heNormal());
  let from = scaledChannels(16, width);
  let x = net.conv(net.input("input", [3, 32, 32]), "conv1", { from: 3, to: from, kernel: 3 });
  x = net.relu(net.batchNorm(x, "bn1", from), "relu1");
  for (const [stage, channels] of [16, 32, 64].entries()) {
    const to = scaledChannels(channels, width);
    for (let block = 0; block < n; block++) {
      x = basicBlock(net, x, `layer${stage + 1}.${block}`, from, to, stage > 0 && block === 0);
      from = to;
    }
  }
  return net.model(net.linear(net.globalAverage(x), "linear", { from, to: classes }), [classes]);
}

/** relu(bn(conv(relu(bn(conv(x))))) + shortcut(x)) */
function basicBlock(net: Layers, x: Value, name: string, from: number, to: number, halve: boolean): Value {
  let y = net.conv(x, `${name}.conv1`, { from, to, kernel: 3, stride: halve ? 2 : 1 });
  y = net.relu(net.batchNorm(y, `${name}.bn1`, to), `${name}.relu1`);
  y = net.conv(y, `${name}.conv2`, { from: to, to, kernel: 3 });
  y = net.batchNorm(y, `${name}.bn2`, to);
  const shortcut = halve ? paddedShortcut(net, x, `${name}.shortcut`, to - from) : x;
  return net.relu(net.add(y, shortcut, `${name}.add`), `${name}.relu2`);
}

/** Every second pixel, `added` zero channels: [N, C, H, W] → [N, C + added, H / 2, W / 2] */
function paddedShortcut(net: Layers, x: Value, name: string, added: number): Value {
  const { graph } = net;
  const below = Math.floor(added / 2);
  const sliced = graph.op(
    "Slice",
    [
      x,
      graph.ints(`${name}.starts`, [0, 0]),
      graph.ints(`${name}.ends`, [TO_THE_END, TO_THE_END]),
      graph.ints(`${name}.axes`, [2, 3]),
      graph.ints(`${name}.steps`, [2, 2]),
    ],
    { name: `${name}.slice` },
  );
  const pads = graph.ints(`${name}.pads`, [0, below, 0, 0, 0, added - below, 0, 0]);
  return graph.op("Pad", [sliced, pads], { name: `${name}.pad` });
}

const TO_THE_END = 2 ** 31 - 1;
