// Operators over space: pools, resampling, and moving blocks between space and channels.

import {
  type Attribute,
  floatAttribute,
  floatsAttribute,
  floatTensor,
  intAttribute,
  intsAttribute,
  stringAttribute,
  type Value,
} from "@espalier/ir";
import type { Net } from "../../topologies/topology.js";
import { between, cast, KEEPS, type OpCase, type OpCases, SHRINKS } from "../op-case.js";

type Attributes = Readonly<Record<string, Attribute>>;
const ints = intsAttribute;

function one(
  opType: string,
  name: string,
  attributes: Attributes,
  more: Partial<OpCase> = {},
  channels = 6,
): OpCase {
  return {
    name,
    expects: SHRINKS,
    build: between((a, net) => net.builder.op(opType, [a], { attributes }), channels),
    ...more,
  };
}

function pools(opType: string): OpCase[] {
  const kernel = { kernel_shape: ints([2, 2]) };
  return [
    one(opType, "stride", { ...kernel, strides: ints([2, 2]) }),
    one(opType, "padding", { kernel_shape: ints([3, 3]), pads: ints([1, 0, 1, 2]) }),
    one(opType, "auto_pad", { ...kernel, auto_pad: stringAttribute("SAME_LOWER") }),
    one(opType, "ceil_mode", { ...kernel, strides: ints([4, 4]), ceil_mode: intAttribute(1) }, { opset: 18 }),
  ];
}

const nearest: Attributes = {
  mode: stringAttribute("nearest"),
  coordinate_transformation_mode: stringAttribute("asymmetric"),
  nearest_mode: stringAttribute("floor"),
};

/** Resize with constants for roi, scales and sizes. */
function resized(
  name: string,
  constants: (net: Net) => (Value | null)[],
  attributes: Attributes = nearest,
  more: Partial<OpCase> = {},
): OpCase {
  return {
    name,
    expects: SHRINKS,
    build: between((a, net) => net.builder.op("Resize", [a, ...constants(net)], { attributes })),
    ...more,
  };
}

const floats = (net: Net, values: readonly number[]): Value =>
  net.builder.weight("scales", floatTensor([values.length], values));

export const SPACE: OpCases = {
  MaxPool: [
    ...pools("MaxPool"),
    one("MaxPool", "dilation", { kernel_shape: ints([2, 2]), dilations: ints([2, 2]) }),
    {
      name: "indices read, which count through all channels",
      expects: KEEPS,
      build: between((a, net) => {
        const [y, indices] = net.builder.ops("MaxPool", [a], {
          outputs: 2,
          attributes: { kernel_shape: ints([2, 2]) },
        }) as [Value, Value];
        return net.add(y, cast(net, indices, 1));
      }),
    },
  ],
  AveragePool: [
    ...pools("AveragePool"),
    one("AveragePool", "padding counted", {
      kernel_shape: ints([3, 3]),
      pads: ints([1, 1, 1, 1]),
      count_include_pad: intAttribute(1),
    }),
  ],
  LpPool: [
    one("LpPool", "order 1", { kernel_shape: ints([2, 2]), p: intAttribute(1) }),
    one("LpPool", "order 2 with stride", {
      kernel_shape: ints([2, 2]),
      strides: ints([2, 2]),
      p: intAttribute(2),
    }),
  ],
  ...Object.fromEntries(
    ["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"].map((opType) => [
      opType,
      [
        {
          name: "in a squeeze-and-excite gate",
          expects: SHRINKS,
          build: between((a, net) => {
            const pooled = net.builder.op(opType, [a]);
            return net.builder.op("Mul", [a, net.builder.op("Sigmoid", [pooled])]);
          }),
        } satisfies OpCase,
      ],
    ]),
  ),
  Resize: [
    resized("scales", (net) => [null, floats(net, [1, 1, 2, 2])]),
    resized("linear scales", (net) => [null, floats(net, [1, 1, 1.5, 2])], {
      mode: stringAttribute("linear"),
    }),
    resized("sizes", (net) => [null, null, net.builder.ints("sizes", [1, 6, 9, 4])]),
    resized(
      "scales of some axes",
      (net) => [null, floats(net, [2, 0.5])],
      { ...nearest, axes: ints([3, -2]) },
      { opset: 18 },
    ),
    resized(
      "sizes of some axes",
      (net) => [null, null, net.builder.ints("sizes", [9, 4])],
      { ...nearest, axes: ints([2, 3]) },
      { opset: 18 },
    ),
    resized(
      "sizes of some axes, channels among them",
      (net) => [null, null, net.builder.ints("sizes", [9, 6])],
      { ...nearest, axes: ints([2, 1]) },
      { opset: 18 },
    ),
    resized(
      "scales as second input",
      (net) => [floats(net, [1, 1, 2, 2])],
      { mode: stringAttribute("nearest") },
      { opset: 10 },
    ),
    resized("channels resampled", (net) => [null, floats(net, [1, 2, 1, 1])], nearest, {
      expects: KEEPS,
      build: between(
        (a, net) => net.builder.op("Resize", [a, null, floats(net, [1, 2, 1, 1])], { attributes: nearest }),
        12,
      ),
    }),
  ],
  Upsample: [
    {
      name: "scales as input",
      opset: 9,
      expects: SHRINKS,
      build: between((a, net) =>
        net.builder.op("Upsample", [a, floats(net, [1, 1, 2, 2])], {
          attributes: { mode: stringAttribute("nearest") },
        }),
      ),
    },
    {
      name: "scales as attribute",
      opset: 8,
      expects: SHRINKS,
      build: between((a, net) =>
        net.builder.op("Upsample", [a], {
          attributes: { mode: stringAttribute("nearest"), scales: floatsAttribute([1, 1, 2, 2]) },
        }),
      ),
    },
  ],
  Crop: [one("Crop", "border", { border: ints([1, 1, 2, 1]) }, { opset: 9 })],
  ImageScaler: [
    one(
      "ImageScaler",
      "a bias a channel",
      {
        scale: floatAttribute(2),
        bias: floatsAttribute([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
      },
      { opset: 9 },
    ),
  ],
  DepthToSpace: ["DCR", "CRD"].map((mode) => ({
    name: mode,
    expects: SHRINKS,
    build: (net: Net) => {
      const a = net.conv(net.image(), 3, 12);
      const up = net.builder.op("DepthToSpace", [a], {
        attributes: { blocksize: intAttribute(2), mode: stringAttribute(mode) },
      });
      net.head(net.conv(net.relu(up), 3, 4), 4);
    },
  })),
  SpaceToDepth: [one("SpaceToDepth", "blocks of two", { blocksize: intAttribute(2) }, {}, 24)],
};
