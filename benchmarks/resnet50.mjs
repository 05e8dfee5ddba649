// ResNet-50 for 224 × 224, seeded random weights: 53 convolutions, 25.6 M parameters. For benchmarks only.

import {
  DataType,
  floatAttribute,
  GraphBuilder,
  intAttribute,
  intsAttribute,
  rawTensor,
} from "../packages/ir/dist/index.js";

/** @returns {import("@espalier/ir").Model} */
export function resnet50() {
  const net = new GraphBuilder();
  let state = 1;
  const weights = (name, dims) => {
    const values = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
    for (let i = 0; i < values.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      values[i] = state / 2 ** 36;
    }
    return net.weight(name, rawTensor(DataType.FLOAT, dims, new Uint8Array(values.buffer), name));
  };
  const conv = (x, from, to, kernel, stride) => {
    const pad = (kernel - 1) / 2;
    const attributes = {
      kernel_shape: intsAttribute([kernel, kernel]),
      pads: intsAttribute([pad, pad, pad, pad]),
      strides: intsAttribute([stride, stride]),
    };
    const out = net.op("Conv", [x, weights("conv.w", [to, from, kernel, kernel])], {
      name: "conv",
      attributes,
    });
    const parameters = ["scale", "bias", "mean", "variance"].map((name) => {
      const value = name === "scale" || name === "variance" ? 1 : 0;
      const values = new Float32Array(to).fill(value);
      return net.weight(`bn.${name}`, rawTensor(DataType.FLOAT, [to], new Uint8Array(values.buffer)));
    });
    return net.op("BatchNormalization", [out, ...parameters], {
      name: "bn",
      attributes: { epsilon: floatAttribute(1e-5) },
    });
  };
  const relu = (x) => net.op("Relu", [x], { name: "relu" });
  let x = relu(conv(net.input("image", ["N", 3, 224, 224]), 3, 64, 7, 2));
  x = net.op("MaxPool", [x], {
    name: "pool",
    attributes: {
      kernel_shape: intsAttribute([3, 3]),
      strides: intsAttribute([2, 2]),
      pads: intsAttribute([1, 1, 1, 1]),
    },
  });
  let width = 64;
  for (const [stage, [inner, blocks]] of [
    [64, 3],
    [128, 4],
    [256, 6],
    [512, 3],
  ].entries()) {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      const shortcut = block === 0 ? conv(x, width, inner * 4, 1, stride) : x;
      let y = relu(conv(x, width, inner, 1, 1));
      y = relu(conv(y, inner, inner, 3, stride));
      y = conv(y, inner, inner * 4, 1, 1);
      x = relu(net.op("Add", [y, shortcut], { name: "add" }));
      width = inner * 4;
    }
  }
  const flat = net.op("Flatten", [net.op("GlobalAveragePool", [x], { name: "gap" })], { name: "flatten" });
  const logits = net.op("Gemm", [flat, weights("fc.w", [1000, 2048]), weights("fc.b", [1000])], {
    name: "fc",
    attributes: { transB: intAttribute(1) },
  });
  net.output(logits, "logits");
  return net.model();
}
