// Operators that regroup, rename and repeat axes.

import { intAttribute, intsAttribute, type Value } from "@espalier/ir";
import type { Net } from "../../topologies/topology.js";
import { between, betweenTokens, KEEPS, type OpCase, type OpCases, SHRINKS } from "../op-case.js";

const ints = intsAttribute;

/** image → Conv → Reshape to `shape` → Gemm. */
function reshaped(name: string, shape: number[], inputs: number, more: Partial<OpCase> = {}): OpCase {
  return {
    name,
    expects: SHRINKS,
    build: (net) => {
      const a = net.conv(net.image(), 3, 6, { stride: 3 });
      net.builder.output(net.linear(net.reshape(net.relu(a), shape), inputs, 3), "y");
    },
    ...more,
  };
}

function flattened(axis: number, build: (net: Net) => Value, inputs: number): OpCase {
  return {
    name: `axis ${axis}`,
    expects: SHRINKS,
    build: (net) => {
      const flat = net.builder.op("Flatten", [build(net)], { attributes: { axis: intAttribute(axis) } });
      net.builder.output(net.linear(flat, inputs, 3), "y");
    },
  };
}

export const AXES: OpCases = {
  Reshape: [
    reshaped("to rows", [1, 24], 24),
    reshaped("with −1", [1, -1], 24),
    reshaped("with 0", [0, -1], 24),
    reshaped("channels split", [2, 12], 12, {
      build: (net) => {
        const a = net.relu(net.conv(net.image(), 3, 6));
        const apart = net.reshape(a, [1, 2, 3, 6, 6]);
        const joined = net.reshape(net.transpose(apart, [0, 2, 1, 3, 4]), [0, 6, 6, -1]);
        net.head(net.conv(joined, 6, 4), 4);
      },
    }),
    {
      name: "allowzero",
      opset: 14,
      expects: SHRINKS,
      build: between((a, net) =>
        net.builder.op("Reshape", [a, net.builder.ints("shape", [1, 6, 4, 9])], {
          attributes: { allowzero: intAttribute(1) },
        }),
      ),
    },
    {
      name: "across the boundary of a concatenation",
      expects: KEEPS,
      build: (net) => {
        const x = net.image();
        const joined = net.concat([net.conv(x, 3, 3), net.conv(x, 3, 5)]);
        net.head(net.conv(net.reshape(joined, [1, 4, 12, 6]), 4, 4), 4);
      },
    },
    {
      name: "target computed from a shape",
      expects: SHRINKS,
      build: (net) => {
        const a = net.relu(net.conv(net.image(), 3, 6, { stride: 3 }));
        const batch = net.builder.op("Slice", [
          net.builder.op("Shape", [a]),
          net.builder.ints("starts", [0]),
          net.builder.ints("ends", [1]),
        ]);
        const target = net.concat([batch, net.builder.ints("rest", [-1])], 0);
        net.builder.output(net.linear(net.builder.op("Reshape", [a, target]), 24, 3), "y");
      },
    },
    {
      name: "int64 target shared by two nodes",
      expects: SHRINKS,
      build: (net) => {
        const shape = net.builder.ints("shape", [1, 24]);
        const flat = (channels: Value): Value => net.builder.op("Reshape", [channels, shape]);
        const x = net.image();
        const a = flat(net.relu(net.conv(x, 3, 6, { stride: 3 })));
        const b = flat(net.relu(net.conv(x, 3, 6, { stride: 3 })));
        net.builder.output(net.add(net.linear(a, 24, 3), net.linear(b, 24, 3)), "y");
      },
    },
  ],
  Flatten: [
    flattened(1, (net) => net.conv(net.image(), 3, 6, { stride: 3 }), 24),
    flattened(-3, (net) => net.conv(net.image(), 3, 6, { stride: 3 }), 24),
    flattened(0, (net) => net.conv(net.image(), 3, 6, { stride: 3 }), 24),
    flattened(2, (net) => net.transpose(net.conv(net.image(), 3, 6, { stride: 3 }), [0, 2, 1, 3]), 12),
  ],
  Squeeze: [
    { name: "axes as input", opset: 13 },
    { name: "axes as attribute", opset: 11 },
    { name: "all axes of size 1", opset: 13 },
  ].map(({ name, opset }): OpCase => {
    const all = name.startsWith("all");
    return {
      name,
      opset,
      expects: SHRINKS,
      build: (net) => {
        const pooled = net.pool(net.conv(net.image(), 3, 6));
        const axes = all ? [] : [net.builder.ints("axes", [-1, 2])];
        const flat =
          opset < 13
            ? net.builder.op("Squeeze", [pooled], { attributes: { axes: ints([2, 3]) } })
            : net.builder.op("Squeeze", [pooled, ...axes]);
        // Without a batch axis the features are a vector.
        const y = net.builder.op("MatMul", [net.builder.op("Tanh", [flat]), net.weights("w", [6, 3])]);
        net.builder.output(y, "y");
      },
    };
  }),
  Unsqueeze: [
    { name: "axes as input", opset: 13 },
    { name: "axes as attribute", opset: 11 },
    { name: "negative axes out of order", opset: 13 },
  ].map(
    ({ name, opset }): OpCase => ({
      name,
      opset,
      expects: SHRINKS,
      build: (net) => {
        const flat = net.linear(net.builder.input("x", [1, 5]), 5, 6);
        const image =
          opset < 13
            ? net.builder.op("Unsqueeze", [flat], { attributes: { axes: ints([2, 3]) } })
            : net.builder.op("Unsqueeze", [
                flat,
                net.builder.ints("axes", name.startsWith("negative") ? [-1, 2] : [2, 3]),
              ]);
        net.head(net.conv(net.relu(image), 6, 4, { kernel: 1 }), 4);
      },
    }),
  ),
  Transpose: [
    {
      name: "to channels last and back",
      expects: SHRINKS,
      build: between((a, net) => net.transpose(net.relu(net.transpose(a, [0, 2, 3, 1])), [0, 3, 1, 2])),
    },
    {
      name: "without perm",
      expects: SHRINKS,
      build: between((a, net) => net.builder.op("Transpose", [net.builder.op("Transpose", [a])])),
    },
    {
      name: "of a weight",
      expects: SHRINKS,
      build: betweenTokens(
        (a, net) => net.builder.op("MatMul", [a, net.transpose(net.weights("w", [5, 6]), [1, 0])]),
        5,
      ),
    },
  ],
  Expand: [
    {
      name: "over space, channels live",
      expects: SHRINKS,
      build: between((a, net) =>
        net.builder.op("Expand", [net.pool(a), net.builder.ints("shape", [1, 6, 6, 6])]),
      ),
    },
    {
      name: "by ones",
      expects: SHRINKS,
      build: between((a, net) => net.builder.op("Expand", [a, net.builder.ints("shape", [1, 1])])),
    },
    {
      name: "a new axis in front",
      expects: SHRINKS,
      build: betweenTokens((a, net) =>
        net.builder.op("Expand", [a, net.builder.ints("shape", [2, 1, 4, 6])]),
      ),
    },
  ],
  Tile: [
    {
      name: "channels twice",
      expects: SHRINKS,
      build: between((a, net) => net.builder.op("Tile", [a, net.builder.ints("repeats", [1, 2, 1, 1])]), 12),
    },
    {
      name: "space, channels live",
      expects: SHRINKS,
      build: between((a, net) => net.builder.op("Tile", [a, net.builder.ints("repeats", [1, 1, 2, 3])])),
    },
  ],
};
