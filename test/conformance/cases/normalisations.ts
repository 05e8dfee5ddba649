// Normalisations, over space and over channels, and Softmax.

import { floatAttribute, intAttribute, type Value } from "@espalier/ir";
import type { Net } from "../../topologies/topology.js";
import { between, betweenTokens, type OpCase, type OpCases, SHRINKS } from "../op-case.js";

const perChannel = (net: Net, name: string, mean = 0): Value => net.weights(name, [6], 0.2, mean);

/** LayerNormalization and its kin over the features of tokens. */
function overFeatures(
  opType: string,
  more: Omit<OpCase, "name" | "build" | "expects">,
  bias: boolean,
): OpCase[] {
  const norm = (net: Net, a: Value, axis: number, dims: number[]): Value => {
    const parameters = [net.weights("scale", dims, 0.2, 1), ...(bias ? [net.weights("bias", dims)] : [])];
    return net.builder.op(opType, [a, ...parameters], { attributes: { axis: intAttribute(axis) } });
  };
  return [
    {
      name: "the last axis",
      expects: SHRINKS,
      roles: { "1#0": "scales" },
      ...more,
      build: betweenTokens((a, net) => norm(net, a, -1, [6])),
    },
    {
      name: "the last two axes",
      expects: SHRINKS,
      ...more,
      build: betweenTokens((a, net) => norm(net, a, 1, [4, 6])),
    },
    {
      name: "space behind live channels",
      expects: SHRINKS,
      ...more,
      build: between((a, net) => norm(net, a, 2, [6, 6])),
    },
    {
      name: "channels and space together",
      expects: SHRINKS,
      ...more,
      build: between((a, net) => norm(net, a, 1, [6, 6, 6])),
    },
  ];
}

export const NORMALISATIONS: OpCases = {
  BatchNormalization: [
    {
      name: "four-dimensional",
      expects: SHRINKS,
      roles: { "1#0": "gain", "2#0": "scales", "3#0": "scales", "4#0": "scales" },
      build: between((a, net) => net.batchNorm(a, 6)),
    },
    {
      name: "two-dimensional",
      expects: SHRINKS,
      build: (net) => {
        const a = net.batchNorm(net.linear(net.builder.input("x", [2, 5]), 5, 6), 6);
        net.builder.output(net.linear(net.relu(a), 6, 3), "y");
      },
    },
    {
      name: "in training mode",
      opset: 15,
      expects: { barrier: "UNSUPPORTED_OP" },
      build: between((a, net) => {
        const parameters = [
          perChannel(net, "s", 1),
          perChannel(net, "b"),
          perChannel(net, "m"),
          net.weights("v", [6], 0.05, 1),
        ];
        const [y] = net.builder.ops("BatchNormalization", [a, ...parameters], {
          outputs: 3,
          attributes: { training_mode: intAttribute(1) },
        });
        return y as Value;
      }),
    },
  ],
  InstanceNormalization: [
    {
      name: "per channel over space",
      expects: SHRINKS,
      roles: { "1#0": "scales", "2#0": "scales" },
      build: between((a, net) =>
        net.builder.op("InstanceNormalization", [a, perChannel(net, "s", 1), perChannel(net, "b")]),
      ),
    },
  ],
  GroupNormalization: [
    {
      name: "scale per channel",
      opset: 21,
      expects: SHRINKS,
      roles: { "1#0": "scales" },
      build: between((a, net) =>
        net.builder.op("GroupNormalization", [a, perChannel(net, "s", 1), perChannel(net, "b")], {
          attributes: { num_groups: intAttribute(2) },
        }),
      ),
    },
    {
      name: "scale per group",
      opset: 18,
      expects: SHRINKS,
      build: between((a, net) =>
        net.builder.op("GroupNormalization", [a, net.weights("s", [3], 0.2, 1), net.weights("b", [3])], {
          attributes: { num_groups: intAttribute(3) },
        }),
      ),
    },
    {
      name: "one group",
      opset: 21,
      expects: SHRINKS,
      build: between((a, net) =>
        net.builder.op("GroupNormalization", [a, perChannel(net, "s", 1), perChannel(net, "b")], {
          attributes: { num_groups: intAttribute(1) },
        }),
      ),
    },
  ],
  LayerNormalization: [
    ...overFeatures("LayerNormalization", {}, true),
    {
      name: "its mean read too",
      expects: { barrier: "UNSUPPORTED_OP" },
      build: between((a, net) => {
        const [y, mean] = net.builder.ops("LayerNormalization", [a, net.weights("s", [6], 0.2, 1)], {
          outputs: 2,
        }) as [Value, Value];
        return net.add(y, mean);
      }),
    },
  ],
  RMSNormalization: overFeatures("RMSNormalization", { opset: 23 }, false),
  SimplifiedLayerNormalization: overFeatures("SimplifiedLayerNormalization", {}, false),
  LRN: [1, 3, 5].map((size) => ({
    name: `over ${size} channels`,
    expects: SHRINKS,
    build: between((a, net) =>
      net.builder.op("LRN", [a], { attributes: { size: intAttribute(size), alpha: floatAttribute(0.1) } }),
    ),
  })),
  LpNormalization: [1, 2].flatMap((p) =>
    [1, -1].map((axis) => ({
      name: `order ${p} along axis ${axis}`,
      expects: SHRINKS,
      build: between((a, net) =>
        net.builder.op("LpNormalization", [a], {
          attributes: { p: intAttribute(p), axis: intAttribute(axis) },
        }),
      ),
    })),
  ),
  ...Object.fromEntries(
    ["Softmax", "LogSoftmax", "Hardmax"].map((opType) => [
      opType,
      [
        ...[1, 2, -1].map((axis) => ({
          name: `along axis ${axis}`,
          expects: SHRINKS,
          build: between((a: Value, net: Net) =>
            net.builder.op(opType, [a], { attributes: { axis: intAttribute(axis) } }),
          ),
        })),
        ...[1, 2].map((axis) => ({
          name: `from axis ${axis} on, as before opset 13`,
          opset: 11,
          expects: SHRINKS,
          build: between((a: Value, net: Net) =>
            net.builder.op(opType, [a], { attributes: { axis: intAttribute(axis) } }),
          ),
        })),
      ],
    ]),
  ),
};
