// Operators that are known and not sliced: everything they touch stays dense, and the refusal names them.

import { DataType, floatTensor, intAttribute, rawTensor, type Value } from "@espalier/ir";
import type { Net } from "../../topologies/topology.js";
import { between, cast, type OpCase, type OpCases } from "../op-case.js";

/** tokens → MatMul → recurrent layer of 3 units → two layers that can still shrink between themselves. */
function recurrent(opType: string, gates: number, directions: 1 | 2): OpCase {
  return {
    name: directions === 1 ? "forward" : "both directions",
    expects: { barrier: "RECURRENT" },
    build: (net) => {
      const x = net.builder.input("x", [4, 1, 5]);
      const a = net.builder.op("MatMul", [x, net.weights("before.w", [5, 6])]);
      const weights = [
        net.weights("W", [directions, gates * 3, 6]),
        net.weights("R", [directions, gates * 3, 3]),
      ];
      const y = net.builder.op(opType, [a, ...weights, net.weights("B", [directions, 2 * gates * 3])], {
        name: "recurrent",
        attributes: {
          hidden_size: intAttribute(3),
          ...(directions === 2 ? { direction: { value: { kind: "string", value: BIDIRECTIONAL } } } : {}),
        },
      });
      // [T, directions, 1, 3] → [T, 1, directions · 3]
      const joined = net.reshape(net.transpose(y, [0, 2, 1, 3]), [4, 1, 3 * directions]);
      const b = net.builder.op("Tanh", [
        net.builder.op("MatMul", [joined, net.weights("after.w", [3 * directions, 8])]),
      ]);
      net.builder.output(net.builder.op("MatMul", [b, net.weights("last.w", [8, 2])]), "y");
    },
  };
}

const BIDIRECTIONAL = new TextEncoder().encode("bidirectional");

const scale = (net: Net): Value => net.builder.weight("scale", floatTensor([], [0.05]));

/** One convolution before, two that can still shrink between themselves behind. */
function quantised(op: (a: Value, net: Net) => Value): OpCase {
  return {
    name: "between convolutions",
    expects: { barrier: "QUANTISED" },
    build: between((a, net) => net.conv(net.relu(net.conv(op(a, net), 6, 6)), 6, 6)),
  };
}

export const BARRIERS: OpCases = {
  LSTM: [recurrent("LSTM", 4, 1), recurrent("LSTM", 4, 2)],
  GRU: [recurrent("GRU", 3, 1), recurrent("GRU", 3, 2)],
  RNN: [recurrent("RNN", 1, 1), recurrent("RNN", 1, 2)],
  QuantizeLinear: [
    quantised((a, net) => {
      const zero = net.builder.weight("zero", rawTensor(DataType.UINT8, [], Uint8Array.of(128)));
      return cast(net, net.builder.op("QuantizeLinear", [a, scale(net), zero]), DataType.FLOAT);
    }),
  ],
  DequantizeLinear: [
    quantised((a, net) => {
      const bytes = Uint8Array.from({ length: 36 }, () => net.random.integer(0, 255));
      const stored = net.builder.weight("stored", rawTensor(DataType.INT8, [6, 6, 1, 1], bytes));
      return net.builder.op("Conv", [a, net.builder.op("DequantizeLinear", [stored, scale(net)])]);
    }),
  ],
  DynamicQuantizeLinear: [
    quantised((a, net) => {
      const [y] = net.builder.ops("DynamicQuantizeLinear", [a], { outputs: 3 });
      return cast(net, y as Value, DataType.FLOAT);
    }),
  ],
};
