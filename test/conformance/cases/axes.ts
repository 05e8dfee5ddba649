// Operators that cut, join, order, rename and repeat axes.

import {
  DataType,
  floatTensor,
  intAttribute,
  intsAttribute,
  rawTensor,
  stringAttribute,
  type Value,
} from "@espalier/ir";
import type { Net } from "../../topologies/topology.js";
import { between, betweenTokens, KEEPS, type OpCase, type OpCases, SHRINKS } from "../op-case.js";

const ints = intsAttribute;

function int32(net: Net, name: string, values: readonly number[]): Value {
  const bytes = new Uint8Array(Int32Array.from(values).buffer);
  return net.builder.weight(name, rawTensor(DataType.INT32, [values.length], bytes));
}

/** Slice by inputs: starts, ends, axes, steps. */
function sliced(a: Value, net: Net, ...ranges: readonly number[][]): Value {
  const names = ["starts", "ends", "axes", "steps"];
  return net.builder.op("Slice", [
    a,
    ...ranges.map((values, i) => net.builder.ints(names[i] as string, values)),
  ]);
}

/** Splits along `axis` and joins the parts again in reverse. */
function splitAndJoin(axis: number, split: (a: Value, net: Net) => Value[]): (net: Net) => void {
  return between((a, net) => net.concat(split(a, net).reverse(), axis));
}

function gathered(
  name: string,
  indices: (net: Net) => Value,
  axis: number,
  channels: number,
  expects: OpCase["expects"] = SHRINKS,
): OpCase {
  return {
    name,
    expects,
    build: between(
      (a, net) => net.builder.op("Gather", [a, indices(net)], { attributes: { axis: intAttribute(axis) } }),
      channels,
    ),
  };
}

function padded(
  name: string,
  pads: number[],
  channels: number,
  more: Partial<OpCase> & { mode?: string; fill?: number } = {},
): OpCase {
  const { mode = "constant", fill, ...rest } = more;
  return {
    name,
    expects: SHRINKS,
    build: between(
      (a, net) =>
        net.builder.op(
          "Pad",
          [
            a,
            net.builder.ints("pads", pads),
            ...(fill === undefined ? [] : [net.builder.weight("fill", floatTensor([], [fill]))]),
          ],
          { attributes: { mode: stringAttribute(mode) } },
        ),
      channels,
    ),
    ...rest,
  };
}

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
  Concat: [
    {
      name: "channels",
      expects: SHRINKS,
      build: between((a, net) => net.concat([a, net.conv(a, 6, 5), a]), 17),
    },
    {
      name: "a negative axis",
      expects: SHRINKS,
      build: between((a, net) => net.concat([a, net.conv(a, 6, 5)], -3), 11),
    },
    {
      name: "space, channels live",
      expects: SHRINKS,
      build: between((a, net) => net.concat([a, net.conv(a, 6, 6)], 2)),
    },
    {
      name: "a constant among the parts",
      expects: SHRINKS,
      build: between((a, net) => net.concat([a, net.weights("more", [1, 2, 6, 6])]), 8),
    },
    { name: "one part", expects: SHRINKS, build: between((a, net) => net.concat([a])) },
  ],
  Split: [
    { name: "sizes as input", expects: SHRINKS, build: splitAndJoin(1, (a, net) => net.split(a, [1, 2, 3])) },
    {
      name: "sizes as attribute",
      opset: 11,
      expects: SHRINKS,
      build: splitAndJoin(1, (a, net) =>
        net.builder.ops("Split", [a], {
          outputs: 2,
          attributes: { axis: intAttribute(1), split: ints([4, 2]) },
        }),
      ),
    },
    {
      name: "equal parts",
      expects: SHRINKS,
      build: splitAndJoin(1, (a, net) =>
        net.builder.ops("Split", [a], { outputs: 3, attributes: { axis: intAttribute(1) } }),
      ),
    },
    {
      name: "num_outputs with a smaller last part",
      opset: 18,
      expects: SHRINKS,
      build: between((a, net) => {
        const parts = net.builder.ops("Split", [net.conv(a, 6, 7)], {
          outputs: 2,
          attributes: { axis: intAttribute(1), num_outputs: intAttribute(2) },
        });
        return net.concat(parts.reverse());
      }, 7),
    },
    {
      name: "space, channels live",
      expects: SHRINKS,
      build: splitAndJoin(2, (a, net) => net.split(a, [4, 2], 2)),
    },
    {
      name: "a part that nobody reads",
      expects: SHRINKS,
      build: between((a, net) => net.split(a, [2, 4])[1] as Value, 4),
    },
  ],
  Slice: [
    {
      name: "a range of channels",
      expects: SHRINKS,
      build: between((a, net) => sliced(a, net, [1], [5], [1]), 4),
    },
    {
      name: "from the end",
      expects: SHRINKS,
      build: between((a, net) => sliced(a, net, [-4], [-1], [-3]), 3),
    },
    {
      name: "to the end, with steps given",
      expects: SHRINKS,
      build: between((a, net) => sliced(a, net, [2, 0], [2 ** 53, 4], [1, 3], [1, 1]), 4),
    },
    {
      name: "all axes in order, none named",
      expects: SHRINKS,
      build: between((a, net) => sliced(a, net, [0, 2], [1, 6]), 4),
    },
    {
      name: "int32 ranges",
      expects: SHRINKS,
      build: between(
        (a, net) =>
          net.builder.op("Slice", [
            a,
            int32(net, "starts", [1]),
            int32(net, "ends", [2147483647]),
            int32(net, "axes", [1]),
          ]),
        5,
      ),
    },
    {
      name: "int32 ranges that were cast",
      expects: SHRINKS,
      build: between((a, net) => {
        const starts = net.builder.op("Cast", [net.builder.ints("starts", [1])], {
          attributes: { to: intAttribute(DataType.INT32) },
        });
        return net.builder.op("Slice", [a, starts, int32(net, "ends", [5]), int32(net, "axes", [1])]);
      }, 4),
    },
    {
      name: "ranges as attributes",
      opset: 9,
      expects: SHRINKS,
      build: between(
        (a, net) =>
          net.builder.op("Slice", [a], {
            attributes: { axes: ints([2, 1]), starts: ints([1, 2]), ends: ints([99, -1]) },
          }),
        3,
      ),
    },
    {
      name: "every second row, channels live",
      expects: SHRINKS,
      build: between((a, net) => sliced(a, net, [0, 5], [6, -99], [2, 3], [2, -2])),
    },
    {
      name: "every second channel",
      expects: KEEPS,
      build: between((a, net) => sliced(a, net, [0], [6], [1], [2]), 3),
    },
    {
      name: "channels in reverse",
      expects: KEEPS,
      build: between((a, net) => sliced(a, net, [5], [-99], [1], [-1])),
    },
    {
      name: "overlapping ranges of one axis",
      expects: SHRINKS,
      build: between(
        (a, net) => net.concat([sliced(a, net, [0], [4], [1]), sliced(a, net, [2], [6], [1])]),
        8,
      ),
    },
  ],
  Gather: [
    gathered("channels in another order", (net) => net.builder.ints("order", [3, 0, -1, 1, 4, 2]), 1, 6),
    gathered("channels repeated and left out", (net) => net.builder.ints("some", [2, 2, 0]), 1, 3),
    gathered("int32 indices on a negative axis", (net) => int32(net, "some", [5, 1]), -3, 2),
    gathered("rows of space, channels live", (net) => net.builder.ints("rows", [0, 3]), 2, 6),
    {
      name: "one channel by a scalar",
      expects: KEEPS,
      build: between((a, net) => {
        const index = net.builder.weight("index", rawTensor(DataType.INT64, [], new Uint8Array(8)));
        const one = net.builder.op("Gather", [a, index], { attributes: { axis: intAttribute(1) } });
        return net.builder.op("Unsqueeze", [one, net.builder.ints("axes", [1])]);
      }, 1),
    },
    {
      name: "rows of an embedding",
      expects: SHRINKS,
      roles: { "0#1": "produces" },
      build: (net) => {
        const x = net.builder.input("x", [1, 4], DataType.INT64);
        const a = net.builder.op("Gather", [net.weights("table", [9, 6]), x]);
        net.builder.output(net.builder.op("MatMul", [net.relu(a), net.weights("w", [6, 3])]), "y");
      },
    },
  ],
  Pad: [
    padded("channels with zeros", [0, 2, 0, 0, 0, 1, 0, 0], 9),
    padded("channels and space with a number", [0, 1, 1, 0, 0, 1, 0, 2], 8, { fill: 0.75 }),
    padded("space by reflection", [0, 0, 1, 1, 0, 0, 1, 1], 6, { mode: "reflect" }),
    padded("space by its edge", [0, 0, 2, 0, 0, 0, 0, 1], 6, { mode: "edge" }),
    padded("space cropped", [0, 0, -1, 0, 0, 0, -1, 2], 6),
    padded("channels by reflection", [0, 1, 0, 0, 0, 1, 0, 0], 8, { mode: "reflect", expects: KEEPS }),
    padded("channels cropped", [0, -1, 0, 0, 0, 0, 0, 0], 5, { expects: KEEPS }),
    {
      name: "axes named",
      opset: 18,
      expects: SHRINKS,
      build: between(
        (a, net) =>
          net.builder.op("Pad", [
            a,
            net.builder.ints("pads", [2, 1, 1, 0]),
            null,
            net.builder.ints("axes", [1, 3]),
          ]),
        9,
      ),
    },
    {
      name: "amounts as attribute",
      opset: 10,
      expects: SHRINKS,
      build: between(
        (a, net) => net.builder.op("Pad", [a], { attributes: { pads: ints([0, 1, 0, 1, 0, 2, 0, 0]) } }),
        9,
      ),
    },
  ],
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
        const batch = sliced(net.builder.op("Shape", [a]), net, [0], [1], [0]);
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
