// Operators that reduce an axis, or answer with positions along it.

import { DataType, intAttribute, intsAttribute, type Value } from "@espalier/ir";
import type { Net } from "../../topologies/topology.js";
import { between, bounded, cast, KEEPS, type OpCase, type OpCases, SHRINKS } from "../op-case.js";

/** Opset from which the axes are an input. */
const INPUT_SINCE: Readonly<Record<string, number>> = { ReduceSum: 13 };

function reductions(opType: string): OpCase[] {
  const reduce = (net: Net, a: Value, axes: number[], keepdims: number, opset: number): Value => {
    const x = opType === "ReduceLogSum" ? bounded(net, a) : a;
    if (opset < (INPUT_SINCE[opType] ?? 18))
      return net.builder.op(opType, [x], {
        attributes: { axes: intsAttribute(axes), keepdims: intAttribute(keepdims) },
      });
    return net.builder.op(opType, [x, net.builder.ints("axes", axes)], {
      attributes: { keepdims: intAttribute(keepdims) },
    });
  };
  return [
    {
      name: "space, channels live",
      opset: 18,
      expects: SHRINKS,
      build: between((a, net) => net.add(a, reduce(net, a, [-1, 2], 1, 18))),
    },
    {
      name: "space away, axes as they were",
      opset: 11,
      expects: SHRINKS,
      build: between((a, net) =>
        net.builder.op("Unsqueeze", [reduce(net, a, [2], 0, 11)], {
          attributes: { axes: intsAttribute([2]) },
        }),
      ),
    },
    {
      name: "the channels themselves",
      opset: 18,
      expects: SHRINKS,
      build: between((a, net) => net.builder.op("Tanh", [reduce(net, a, [1], 1, 18)]), 1),
    },
    {
      name: "channels and space at once",
      opset: 11,
      expects: SHRINKS,
      build: between((a, net) =>
        net.add(net.conv(a, 6, 6), net.builder.op("Tanh", [reduce(net, a, [1, 2], 1, 11)])),
      ),
    },
  ];
}

function argReduction(opType: string): OpCase[] {
  const at = (axis: number, channels: number, expects: OpCase["expects"], name: string): OpCase => ({
    name,
    expects,
    build: between((a, net) => {
      const positions = net.builder.op(opType, [a], {
        attributes: { axis: intAttribute(axis), keepdims: intAttribute(1) },
      });
      return cast(net, positions, DataType.FLOAT);
    }, channels),
  });
  return [at(2, 6, SHRINKS, "along space, channels live"), at(1, 1, KEEPS, "along the channels")];
}

function largest(axis: number, channels: number, expects: OpCase["expects"], name: string): OpCase {
  return {
    name,
    expects,
    build: between((a, net) => {
      const [values, indices] = net.builder.ops("TopK", [a, net.builder.ints("k", [2])], {
        outputs: 2,
        attributes: { axis: intAttribute(axis) },
      }) as [Value, Value];
      return net.add(values, cast(net, indices, DataType.FLOAT));
    }, channels),
  };
}

export const REDUCTIONS: OpCases = {
  ...Object.fromEntries(
    ["Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSum", "LogSumExp"].map((name) => [
      `Reduce${name}`,
      reductions(`Reduce${name}`),
    ]),
  ),
  ArgMax: argReduction("ArgMax"),
  ArgMin: argReduction("ArgMin"),
  TopK: [largest(3, 6, SHRINKS, "along space, channels live"), largest(1, 2, KEEPS, "along the channels")],
};
