// Constants, and numbers made of shapes. Such a number must not change when the tensor shrinks.

import { DataType, floatTensor, intAttribute, tensorAttribute, type Value } from "@espalier/ir";
import type { Net } from "../../topologies/topology.js";
import { between, cast, KEEPS, type OpCases, SHRINKS } from "../op-case.js";

/** The size of axis 1 of `a` as a float scalar. */
function channels(net: Net, a: Value): Value {
  const size = net.builder.op("Gather", [net.builder.op("Shape", [a]), net.builder.ints("one", [1])]);
  return cast(net, size, DataType.FLOAT);
}

export const SOURCES: OpCases = {
  Constant: [
    {
      name: "weights and a bias",
      expects: SHRINKS,
      build: between((a, net) => {
        const constant = (dims: number[]): Value => {
          const size = dims.reduce((p, d) => p * d, 1);
          const values = Float32Array.from({ length: size }, () => net.random.normal());
          return net.builder.op("Constant", [], {
            attributes: { value: tensorAttribute(floatTensor(dims, values)) },
          });
        };
        return net.relu(net.builder.op("Conv", [a, constant([5, 6, 1, 1]), constant([5])]));
      }, 5),
    },
  ],
  Shape: [
    {
      name: "of a shrinking tensor, in the target of a Reshape",
      expects: SHRINKS,
      build: between((a, net) => {
        const shape = net.builder.op("Shape", [a]);
        return net.builder.op("Reshape", [net.relu(a), shape]);
      }),
    },
    {
      name: "of one tensor, in the target of another's Reshape",
      expects: SHRINKS,
      build: between((a, net) => {
        const b = net.conv(net.relu(a), 6, 6, { name: "other" });
        return net.builder.op("Reshape", [net.conv(b, 6, 6), net.builder.op("Shape", [a])]);
      }),
    },
    {
      name: "of some axes, with a symbolic batch",
      opset: 15,
      expects: SHRINKS,
      build: (net) => {
        const x = net.builder.input("x", ["N", 3, 6, 6]);
        const a = net.conv(x, 3, 6, { name: "before" });
        const sizes = net.builder.op("Shape", [a], { attributes: { start: intAttribute(-3) } });
        const width = net.builder.op("ReduceSum", [cast(net, sizes, DataType.FLOAT)], {
          attributes: { keepdims: intAttribute(0) },
        });
        net.head(net.conv(net.builder.op("Div", [a, width]), 6, 4, { name: "after" }), 4);
      },
    },
    {
      name: "as a number to divide by",
      expects: SHRINKS,
      build: between((a, net) => net.builder.op("Div", [a, net.builder.op("Sqrt", [channels(net, a)])])),
    },
  ],
  Size: [
    {
      name: "as a number to divide by",
      expects: SHRINKS,
      build: between((a, net) =>
        net.builder.op("Div", [a, cast(net, net.builder.op("Size", [a]), DataType.FLOAT)]),
      ),
    },
  ],
  ConstantOfShape: [
    {
      name: "zeros like a tensor, added to it",
      expects: KEEPS,
      build: between((a, net) => {
        const value = tensorAttribute(floatTensor([1], [0.5]));
        return net.add(
          a,
          net.builder.op("ConstantOfShape", [net.builder.op("Shape", [a])], { attributes: { value } }),
        );
      }),
    },
    {
      name: "of a constant shape, for all channels alike",
      expects: KEEPS,
      build: between((a, net) => {
        const value = tensorAttribute(floatTensor([1], [0.5]));
        return net.add(
          net.relu(a),
          net.builder.op("ConstantOfShape", [net.builder.ints("shape", [1, 1, 6, 6])], {
            attributes: { value },
          }),
        );
      }),
    },
  ],
  Range: [
    {
      name: "positions of the rows, added to them",
      expects: KEEPS,
      build: between((a, net) => {
        const [start, limit, delta] = [0, 6, 1].map((n, i) =>
          net.builder.weight(`r${i}`, floatTensor([], [n])),
        );
        return net.add(a, net.builder.op("Range", [start as Value, limit as Value, delta as Value]));
      }),
    },
    {
      name: "of the channels, gathered by",
      expects: KEEPS,
      build: between((a, net) => {
        const [zero, one] = [0, 1].map((n) =>
          net.builder.op("Constant", [], { attributes: { value_int: intAttribute(n) } }),
        );
        const size = net.builder.op("Gather", [net.builder.op("Shape", [a]), one as Value]);
        const order = net.builder.op("Range", [zero as Value, size, one as Value]);
        return net.builder.op("Gather", [a, order], { attributes: { axis: intAttribute(1) } });
      }),
    },
  ],
};
