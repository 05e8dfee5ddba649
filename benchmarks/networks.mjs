// The papers' networks that nobody ships as a small file, with seeded random weights: for measuring time, which does
// not depend on what the weights are.

import {
  DataType,
  floatAttribute,
  GraphBuilder,
  intAttribute,
  intsAttribute,
  rawTensor,
} from "../packages/ir/dist/index.js";

/** Layers with weights from a small generator; He-scaled, so that signals neither grow nor fade. */
class Net {
  constructor() {
    this.builder = new GraphBuilder();
    this.state = 1;
  }

  weights(name, dims, scale) {
    const values = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
    for (let i = 0; i < values.length; i++) {
      this.state = (Math.imul(this.state, 1664525) + 1013904223) | 0;
      values[i] = (scale * 3.46 * this.state) / 2 ** 32;
    }
    return this.builder.weight(name, rawTensor(DataType.FLOAT, dims, new Uint8Array(values.buffer), name));
  }

  filled(name, size, value) {
    const values = new Float32Array(size).fill(value);
    return this.builder.weight(name, rawTensor(DataType.FLOAT, [size], new Uint8Array(values.buffer), name));
  }

  conv(x, from, to, kernel, stride = 1, group = 1) {
    const pad = (kernel - 1) / 2;
    const fanIn = (from / group) * kernel * kernel;
    const w = this.weights("conv.w", [to, from / group, kernel, kernel], Math.sqrt(2 / fanIn));
    return this.builder.op("Conv", [x, w], {
      name: "conv",
      attributes: {
        kernel_shape: intsAttribute([kernel, kernel]),
        pads: intsAttribute([pad, pad, pad, pad]),
        strides: intsAttribute([stride, stride]),
        group: intAttribute(group),
      },
    });
  }

  batchNorm(x, channels) {
    const parameters = [
      ["scale", 1],
      ["bias", 0],
      ["mean", 0],
      ["variance", 1],
    ].map(([name, value]) => this.filled(`bn.${name}`, channels, value));
    return this.builder.op("BatchNormalization", [x, ...parameters], {
      name: "bn",
      attributes: { epsilon: floatAttribute(1e-5) },
    });
  }

  relu(x) {
    return this.builder.op("Relu", [x], { name: "relu" });
  }

  relu6(x) {
    const bound = (name, value) =>
      this.builder.weight(
        name,
        rawTensor(DataType.FLOAT, [], new Uint8Array(new Float32Array([value]).buffer), name),
      );
    this.bounds ??= [bound("zero", 0), bound("six", 6)];
    return this.builder.op("Clip", [x, ...this.bounds], { name: "relu6" });
  }

  maxPool(x, size, stride, pad = 0) {
    return this.builder.op("MaxPool", [x], {
      name: "pool",
      attributes: {
        kernel_shape: intsAttribute([size, size]),
        strides: intsAttribute([stride, stride]),
        pads: intsAttribute([pad, pad, pad, pad]),
      },
    });
  }

  linear(x, from, to) {
    const operands = [x, this.weights("fc.w", [to, from], Math.sqrt(1 / from)), this.filled("fc.b", to, 0)];
    return this.builder.op("Gemm", operands, { name: "fc", attributes: { transB: intAttribute(1) } });
  }

  head(x, from, to) {
    const pooled = this.builder.op("GlobalAveragePool", [x], { name: "gap" });
    const flat = this.builder.op("Flatten", [pooled], { name: "flatten" });
    this.builder.output(this.linear(flat, from, to), "logits");
    return this.builder.model();
  }
}

/** VGG-16 for 32 × 32 with batch norm and one linear layer, as Li et al. 2017 prune it. 14.7 M parameters. */
export function vgg16() {
  const net = new Net();
  let x = net.builder.input("image", ["N", 3, 32, 32]);
  let width = 3;
  for (const [to, layers] of [
    [64, 2],
    [128, 2],
    [256, 3],
    [512, 3],
    [512, 3],
  ]) {
    for (let layer = 0; layer < layers; layer++) {
      x = net.relu(net.batchNorm(net.conv(x, width, to, 3), to));
      width = to;
    }
    x = net.maxPool(x, 2, 2);
  }
  const flat = net.builder.op("Flatten", [x], { name: "flatten" });
  const hidden = net.relu(net.linear(flat, 512, 512));
  net.builder.output(net.linear(hidden, 512, 10), "logits");
  return net.builder.model();
}

/** ResNet-50 for 224 × 224 (He et al. 2016, table 1). 25.6 M parameters. */
export function resnet50() {
  const net = new Net();
  const unit = (x, from, to, kernel, stride) => net.batchNorm(net.conv(x, from, to, kernel, stride), to);
  let x = net.relu(unit(net.builder.input("image", ["N", 3, 224, 224]), 3, 64, 7, 2));
  x = net.maxPool(x, 3, 2, 1);
  let width = 64;
  for (const [stage, [inner, blocks]] of [
    [64, 3],
    [128, 4],
    [256, 6],
    [512, 3],
  ].entries()) {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      const shortcut = block === 0 ? unit(x, width, inner * 4, 1, stride) : x;
      let y = net.relu(unit(x, width, inner, 1, 1));
      y = net.relu(unit(y, inner, inner, 3, stride));
      y = unit(y, inner, inner * 4, 1, 1);
      x = net.relu(net.builder.op("Add", [y, shortcut], { name: "add" }));
      width = inner * 4;
    }
  }
  return net.head(x, width, 1000);
}

/** MobileNetV2 for 224 × 224 (Sandler et al. 2018, table 2). 3.5 M parameters. */
export function mobileNetV2() {
  const net = new Net();
  const unit = (x, from, to, kernel, stride, group = 1) =>
    net.batchNorm(net.conv(x, from, to, kernel, stride, group), to);
  let x = net.relu6(unit(net.builder.input("image", ["N", 3, 224, 224]), 3, 32, 3, 2));
  let width = 32;
  for (const [expansion, to, repeats, first] of [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ]) {
    for (let i = 0; i < repeats; i++) {
      const stride = i === 0 ? first : 1;
      const inner = width * expansion;
      let y = expansion === 1 ? x : net.relu6(unit(x, width, inner, 1, 1));
      y = net.relu6(unit(y, inner, inner, 3, stride, inner));
      y = unit(y, inner, to, 1, 1);
      x = stride === 1 && width === to ? net.builder.op("Add", [x, y], { name: "add" }) : y;
      width = to;
    }
  }
  x = net.relu6(unit(x, width, 1280, 1, 1));
  return net.head(x, 1280, 1000);
}
