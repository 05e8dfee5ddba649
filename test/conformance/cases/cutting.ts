// Operators that join, cut, order and pad positions of an axis.

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
import { between, KEEPS, type OpCase, type OpCases, SHRINKS } from "../op-case.js";

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

export const CUTTING: OpCases = {
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
};
