// Operators that hold weights.

import { floatAttribute, intAttribute, intsAttribute, stringAttribute } from "@espalier/ir";
import { between, betweenTokens, type OpCase, type OpCases, SHRINKS } from "../op-case.js";

const ints = intsAttribute;

function convolution(
  name: string,
  dims: number[],
  attributes: Record<string, number | number[] | string>,
): OpCase {
  return {
    name,
    expects: SHRINKS,
    build: between(
      (a, net) => net.builder.op("Conv", [a, net.weights("w", dims)], options(attributes)),
      dims[0],
    ),
  };
}

function options(attributes: Record<string, number | number[] | string>) {
  return {
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        typeof value === "string"
          ? stringAttribute(value)
          : typeof value === "number"
            ? intAttribute(value)
            : ints(value),
      ]),
    ),
  };
}

function transposed(
  name: string,
  dims: number[],
  channels: number,
  attributes: Record<string, number | number[]>,
): OpCase {
  return {
    name,
    expects: SHRINKS,
    build: between(
      (a, net) =>
        net.builder.op(
          "ConvTranspose",
          [a, net.weights("w", dims), net.weights("b", [channels])],
          options(attributes),
        ),
      channels,
    ),
  };
}

export const WEIGHTS: OpCases = {
  Conv: [
    {
      name: "with a bias",
      expects: SHRINKS,
      roles: { "1#0": "produces", "2#0": "scales" },
      build: between((a) => a),
    },
    {
      name: "first of a chain",
      expects: SHRINKS,
      roles: { "1#0": "produces" },
      build: between((a, net) => net.relu(net.conv(net.relu(a), 6, 6))),
    },
    convolution("stride and padding", [5, 6, 3, 3], { strides: [2, 1], pads: [1, 0, 2, 1] }),
    convolution("dilation", [5, 6, 2, 2], { dilations: [2, 3] }),
    convolution("auto_pad", [5, 6, 3, 3], { auto_pad: "SAME_UPPER", strides: [2, 2] }),
    convolution("two groups", [4, 3, 3, 3], { group: 2 }),
    convolution("depthwise", [6, 1, 3, 3], { group: 6 }),
    convolution("depthwise with two filters a channel", [12, 1, 3, 3], { group: 6 }),
    {
      name: "one-dimensional",
      expects: SHRINKS,
      build: (net) => {
        const x = net.builder.input("x", [1, 2, 9]);
        const a = net.builder.op("Conv", [x, net.weights("w", [6, 2, 3])]);
        net.head(net.builder.op("Conv", [net.relu(a), net.weights("v", [4, 6, 3])]), 4);
      },
    },
    {
      name: "weights computed from another branch",
      expects: SHRINKS,
      build: between((a, net) => {
        const kernel = net.builder.op("Reshape", [
          net.builder.op("Tanh", [net.weights("dynamic", [6, 6])]),
          net.builder.ints("shape", [6, 6, 1, 1]),
        ]);
        return net.builder.op("Conv", [a, kernel]);
      }),
    },
  ],
  ConvTranspose: [
    transposed("stride", [6, 5, 2, 2], 5, { strides: [2, 2] }),
    transposed("padding and output padding", [6, 5, 3, 3], 5, {
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      output_padding: [1, 1],
    }),
    transposed("dilation", [6, 5, 2, 2], 5, { dilations: [2, 2] }),
    transposed("output_shape", [6, 5, 3, 3], 5, { strides: [2, 2], output_shape: [12, 12] }),
    transposed("two groups", [6, 4, 2, 2], 8, { group: 2 }),
    transposed("depthwise", [6, 1, 2, 2], 6, { group: 6, strides: [2, 2] }),
    {
      name: "roles of its weights",
      expects: SHRINKS,
      roles: { "1#0": "consumes", "1#1": "produces" },
      build: between(
        (a, net) => net.relu(net.builder.op("ConvTranspose", [a, net.weights("w", [6, 5, 1, 1])])),
        5,
      ),
    },
  ],
  Gemm: [
    ...[0, 1].flatMap((transB) =>
      [true, false].map(
        (bias): OpCase => ({
          name: `transB ${transB}, ${bias ? "bias" : "no bias"}`,
          expects: SHRINKS,
          roles: { "1#0": "produces", "1#1": "consumes" },
          build: (net) => {
            const a = net.relu(net.linear(net.builder.input("x", [2, 5]), 5, 6));
            const w = net.weights("w", transB ? [7, 6] : [6, 7]);
            const operands = bias ? [a, w, net.weights("b", [7])] : [a, w];
            const y = net.builder.op("Gemm", operands, {
              attributes: { transB: intAttribute(transB), alpha: floatAttribute(0.5) },
            });
            net.builder.output(net.linear(net.relu(y), 7, 3), "y");
          },
        }),
      ),
    ),
    {
      name: "transA, and a bias for every row",
      expects: SHRINKS,
      build: (net) => {
        const a = net.transpose(net.linear(net.builder.input("x", [2, 5]), 5, 6), [1, 0]);
        const y = net.builder.op("Gemm", [a, net.weights("w", [6, 7]), net.weights("b", [2, 7])], {
          attributes: { transA: intAttribute(1), beta: floatAttribute(2) },
        });
        net.builder.output(net.linear(net.relu(y), 7, 3), "y");
      },
    },
    {
      name: "weights on the left",
      expects: SHRINKS,
      build: (net) => {
        const x = net.builder.input("x", [5, 2]);
        const a = net.builder.op("Gemm", [net.weights("w1", [6, 5]), x]);
        const b = net.builder.op("Gemm", [net.weights("w2", [3, 6]), net.relu(a), net.weights("b2", [3, 1])]);
        net.builder.output(b, "y");
      },
    },
  ],
  MatMul: [
    {
      name: "tokens times weights",
      expects: SHRINKS,
      roles: { "1#1": "produces" },
      build: betweenTokens((a, net) => net.relu(a)),
    },
    {
      name: "weights on the left",
      expects: SHRINKS,
      build: (net) => {
        const x = net.builder.input("x", [2, 5, 3]);
        const a = net.relu(net.builder.op("MatMul", [net.weights("w1", [6, 5]), x]));
        net.builder.output(net.builder.op("MatMul", [net.weights("w2", [4, 6]), a]), "y");
      },
    },
    {
      name: "a vector operand on either side",
      expects: SHRINKS,
      build: betweenTokens((a, net) => {
        const pooled = net.builder.op("MatMul", [net.weights("v", [4]), a]);
        return net.builder.op("Unsqueeze", [pooled, net.builder.ints("axes", [1])]);
      }),
    },
    {
      name: "a vector of weights at the end",
      expects: SHRINKS,
      build: (net) => {
        const x = net.builder.input("x", [1, 4, 5]);
        const a = net.relu(net.builder.op("MatMul", [x, net.weights("w", [5, 6])]));
        net.builder.output(net.builder.op("MatMul", [a, net.weights("v", [6])]), "y");
      },
    },
    {
      name: "weights with a batch axis of heads",
      expects: SHRINKS,
      build: (net) => {
        const x = net.builder.input("x", [1, 1, 4, 5]);
        const a = net.relu(net.builder.op("MatMul", [x, net.weights("w", [3, 5, 6])]));
        const b = net.builder.op("MatMul", [a, net.weights("v", [3, 6, 2])]);
        const joined = net.reshape(net.transpose(b, [0, 2, 1, 3]), [1, 4, 6]);
        net.builder.output(net.builder.op("MatMul", [joined, net.weights("o", [6, 2])]), "y");
      },
    },
    {
      name: "two activations",
      expects: SHRINKS,
      build: betweenTokens((a, net) => {
        const scores = net.builder.op("MatMul", [a, net.transpose(a, [0, 2, 1])]);
        return net.builder.op("MatMul", [scores, a]);
      }),
    },
    {
      name: "a Gram matrix of its own rows, flattened",
      expects: SHRINKS,
      build: (net) => {
        const x = net.builder.input("x", [1, 4, 5]);
        const a = net.builder.op("MatMul", [x, net.weights("w", [5, 6])]);
        const gram = net.builder.op("MatMul", [net.transpose(a, [0, 2, 1]), a]);
        net.builder.output(net.linear(net.reshape(gram, [1, 36]), 36, 3), "y");
      },
    },
  ],
};
