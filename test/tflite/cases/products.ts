// Products and what normalises them.

import { floatTensor } from "@espalier/ir";
import type { BuildCase, LoweringCases } from "../lowered-equals-onnx.js";

const matMul =
  (a: readonly number[], b: readonly number[]): BuildCase =>
  (net) =>
    net.op("MatMul", [net.input(a), net.input(b)]);

export const PRODUCTS: LoweringCases = {
  Gemm: (net) => net.op("Gemm", [net.input([2, 5]), net.weight([5, 3]), net.weight([3])]),
  "Gemm transposed": (net) =>
    net.op("Gemm", [net.input([2, 5]), net.weight([3, 5]), net.weight([1, 3])], { transB: 1 }),
  "Gemm with factors": (net) =>
    net.op("Gemm", [net.input([2, 5]), net.weight([5, 3]), net.weight([3])], {
      alpha: { float: 0.5 },
      beta: { float: 2 },
    }),
  "Gemm with one bias": (net) => net.op("Gemm", [net.input([2, 5]), net.weight([5, 3]), net.weight([1])]),
  "Gemm with a matrix added": (net) =>
    net.op("Gemm", [net.input([2, 5]), net.weight([5, 3]), net.weight([2, 3])]),
  "Gemm without bias": (net) => net.op("Gemm", [net.input([2, 5]), net.weight([5, 3])]),
  "Gemm of computed matrices": (net) =>
    net.op("Gemm", [net.input([5, 2]), net.input([3, 5]), net.input([3])], {
      transA: 1,
      transB: 1,
      alpha: { float: 2 },
    }),
  "Gemm of a transposed operand": (net) =>
    net.op("Gemm", [net.input([5, 2]), net.weight([5, 3])], { transA: 1 }),
  "Gemm, then ReLU": (net) =>
    net.op("Relu", [net.op("Gemm", [net.input([2, 5]), net.weight([5, 3]), net.weight([3])])]),
  "Gemm behind a flattened image": (net) => {
    const y = net.op("Conv", [net.input([2, 3, 4, 5]), net.weight([4, 3, 1, 1])]);
    return net.op("Gemm", [net.op("Flatten", [y]), net.weight([80, 6]), net.weight([6])]);
  },
  "Gemm behind a flattened image and ReLU": (net) => {
    const y = net.op("Conv", [net.input([2, 3, 4, 5]), net.weight([4, 3, 1, 1])]);
    return net.op("Gemm", [net.op("Relu", [net.op("Flatten", [y])]), net.weight([80, 6])]);
  },
  "MatMul by a stored matrix behind a reshaped image": (net) => {
    const y = net.op("MaxPool", [net.input([1, 3, 4, 4])], { kernel_shape: [2, 2], strides: [2, 2] });
    return net.op("MatMul", [net.op("Reshape", [y, net.ints([1, -1])]), net.weight([12, 5])]);
  },
  "a flattened image itself": (net) => {
    const y = net.op("Conv", [net.input([2, 3, 4, 5]), net.weight([4, 3, 1, 1])]);
    return net.op("Flatten", [y]);
  },
  "a flattened image, sliced": (net) => {
    const y = net.op("Conv", [net.input([2, 3, 4, 5]), net.weight([4, 3, 1, 1])]);
    const flat = net.op("Flatten", [y]);
    return net.op("Slice", [flat, net.ints([7]), net.ints([33]), net.ints([1])]);
  },
  "two flattened images, joined": (net) => {
    const y = net.op("Conv", [net.input([2, 3, 4, 5]), net.weight([4, 3, 1, 1])]);
    return net.op("Concat", [net.op("Flatten", [y]), net.op("Flatten", [net.op("Neg", [y])])], { axis: 1 });
  },
  "MatMul by a stored matrix": (net) => net.op("MatMul", [net.input([2, 4, 5]), net.weight([5, 3])]),
  "MatMul by a stored matrix, of rank 4": (net) =>
    net.op("MatMul", [net.input([2, 2, 4, 5]), net.weight([5, 3])]),
  "MatMul of a vector by a stored matrix": (net) => net.op("MatMul", [net.input([5]), net.weight([5, 3])]),
  "MatMul, then an offset": (net) =>
    net.op("Add", [net.op("MatMul", [net.input([2, 4, 5]), net.weight([5, 3])]), net.weight([3])]),
  "MatMul of matrices": matMul([4, 5], [5, 3]),
  "MatMul of batches": matMul([2, 4, 5], [2, 5, 3]),
  "MatMul of heads": matMul([2, 3, 4, 5], [2, 3, 5, 6]),
  "MatMul of a batch by one": matMul([2, 4, 5], [5, 3]),
  "MatMul of broadcast batches": matMul([2, 1, 4, 5], [3, 5, 2]),
  "MatMul by a vector": matMul([2, 4, 5], [5]),
  "MatMul of a vector": matMul([5], [2, 5, 3]),
  "MatMul of a stored matrix by a computed one": (net) =>
    net.op("MatMul", [net.weight([4, 5]), net.input([5, 3])]),
  "MatMul of a turned operand": (net) =>
    net.op("MatMul", [
      net.input([2, 4, 5]),
      net.op("Transpose", [net.input([2, 3, 5])], { perm: [0, 2, 1] }),
    ]),
  attention: (net) => {
    const heads = (): ReturnType<typeof net.op> => {
      const y = net.op("MatMul", [net.input([1, 4, 6]), net.weight([6, 6])]);
      return net.op("Transpose", [net.op("Reshape", [y, net.ints([1, 4, 2, 3])])], { perm: [0, 2, 1, 3] });
    };
    const [q, k, v] = [heads(), heads(), heads()];
    const scores = net.op("MatMul", [q, net.op("Transpose", [k], { perm: [0, 1, 3, 2] })]);
    const mixed = net.op("MatMul", [net.op("Softmax", [scores], { axis: -1 }), v]);
    const joined = net.op("Reshape", [
      net.op("Transpose", [mixed], { perm: [0, 2, 1, 3] }),
      net.ints([1, 4, 6]),
    ]);
    return net.op("MatMul", [joined, net.weight([6, 6])]);
  },
};

export const NORMALISATIONS: LoweringCases = {
  LayerNormalization: (net) =>
    net.op("LayerNormalization", [net.input([2, 3, 5]), net.weight([5]), net.weight([5])]),
  "LayerNormalization of two axes": (net) =>
    net.op("LayerNormalization", [net.input([2, 3, 5]), net.weight([3, 5])], {
      axis: 1,
      epsilon: { float: 0.1 },
    }),
  "LayerNormalization of an image": (net) => {
    const y = net.op("Conv", [net.input([1, 3, 4, 5]), net.weight([4, 3, 1, 1])]);
    return net.op("LayerNormalization", [y, net.weight([4, 4, 5]), net.weight([4, 4, 5])], { axis: 1 });
  },
  InstanceNormalization: (net) =>
    net.op("InstanceNormalization", [net.input([2, 3, 4, 5]), net.weight([3]), net.weight([3])]),
  "InstanceNormalization of rank 3": (net) =>
    net.op("InstanceNormalization", [net.input([2, 3, 5]), net.weight([3]), net.weight([3])]),
  "LpNormalization 2": (net) => net.op("LpNormalization", [net.input([2, 3, 4])], { axis: 1 }),
  "LpNormalization 1": (net) => net.op("LpNormalization", [net.input([2, 3, 4])], { p: 1 }),
  LRN: (net) =>
    net.op("LRN", [net.input([1, 7, 2, 3])], { size: 5, alpha: { float: 0.3 }, bias: { float: 2 } }),
  "a scale that is computed": (net) => {
    const factor = net.op("Mul", [net.constant(floatTensor([3, 1, 1], [1, 2, 3])), net.weight([3, 1, 1])]);
    return net.op("Mul", [net.input([1, 3, 4, 5]), factor]);
  },
};

/** In opset 21: scale and bias by channel. */
export const GROUP_NORMALISATIONS: LoweringCases = {
  GroupNormalization: (net) =>
    net.op("GroupNormalization", [net.input([2, 6, 3, 4]), net.weight([6]), net.weight([6])], {
      num_groups: 2,
    }),
  "GroupNormalization behind a convolution": (net) => {
    const y = net.op("Conv", [net.input([2, 3, 3, 4]), net.weight([6, 3, 1, 1])]);
    return net.op("GroupNormalization", [y, net.weight([6]), net.weight([6])], { num_groups: 3 });
  },
};
