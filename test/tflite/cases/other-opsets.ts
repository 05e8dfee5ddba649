// Operators that opset 17 does not have: those that came later, and experimental ones that left ONNX in opset 10 and that
// ONNX Runtime still runs.

import { DataType, floatTensor } from "@espalier/ir";
import type { Attributes, BuildCase, LoweringCases } from "../lowered-equals-onnx.js";

const image = [1, 3, 4, 5];
const unary =
  (opType: string, attributes: Attributes = {}): BuildCase =>
  (net) =>
    net.op(opType, [net.input(image)], attributes);

export const OPSET_7: LoweringCases = {
  Affine: unary("Affine", { alpha: { float: 2 }, beta: { float: -0.5 } }),
  ScaledTanh: unary("ScaledTanh", { alpha: { float: 2 }, beta: { float: 0.5 } }),
  Crop: unary("Crop", { border: [1, 0, 2, 1] }),
  "Crop to a size": unary("Crop", { border: [1, 2, 0, 0], scale: [2, 3] }),
  ImageScaler: unary("ImageScaler", { bias: { floats: [1, 2, 3] }, scale: { float: 0.5 } }),
  "Upsample by attributes": unary("Upsample", { mode: "nearest", scales: { floats: [1, 1, 2, 3] } }),
};

export const OPSET_9: LoweringCases = {
  Upsample: (net) => net.op("Upsample", [net.input(image), net.weightOf([1, 1, 2, 2])], { mode: "nearest" }),
  "Upsample, linear": (net) =>
    net.op("Upsample", [net.input(image), net.weightOf([1, 1, 2, 2])], { mode: "linear" }),
};

export const OPSET_20: LoweringCases = {
  Gelu: unary("Gelu"),
  "Gelu by tanh": unary("Gelu", { approximate: "tanh" }),
  Mish: unary("Mish"),
  "ReduceMax of axes that are an input": (net) => net.op("ReduceMax", [net.input(image), net.ints([1, -1])]),
  "Split in numbers": (net) => net.ops("Split", [net.input([7, 2])], 3, { num_outputs: 3 }),
  "Pad of some axes": (net) => net.op("Pad", [net.input(image), net.ints([1, 2]), null, net.ints([3])]),
};

export const OPSET_24: LoweringCases = {
  Swish: unary("Swish", { alpha: { float: 1.5 } }),
  RMSNormalization: (net) => net.op("RMSNormalization", [net.input([2, 3, 5]), net.weight([5])]),
};

export const OTHERS: LoweringCases = {
  SimplifiedLayerNormalization: (net) =>
    net.op("SimplifiedLayerNormalization", [net.input([2, 3, 5]), net.weight([5])]),
  Constant: (net) => {
    const constant = net.op("Constant", [], { value: { tensor: floatTensor([2], [1, 2]) } });
    return net.op("Add", [net.input([3, 2]), constant]);
  },
  CastLike: (net) => net.op("CastLike", [net.integers([2, 3], -5, 5), net.input([1])]),
  "Mod of integers": (net) =>
    net.op("Cast", [net.op("Mod", [net.integers([2, 6], -9, 9), net.integers([6], 1, 4)])], {
      to: DataType.FLOAT,
    }),
  Xor: (net) => {
    const zero = net.weightOf([0]);
    const [a, b] = [net.op("Greater", [net.input(image), zero]), net.op("Greater", [net.input(image), zero])];
    return net.op("Cast", [net.op("Xor", [a, b])], { to: DataType.FLOAT });
  },
};
