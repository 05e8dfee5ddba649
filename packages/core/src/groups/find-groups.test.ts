// What is found in small models, written out. That slicing by it is right, the conformance suite shows.

import {
  DataType,
  floatTensor,
  GraphBuilder,
  inferFacts,
  intAttribute,
  intsAttribute,
  type Model,
  type Value,
} from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { createHandlerRegistry, defaultHandlers } from "../index.js";
import { OP_HANDLERS } from "../ops/all.js";
import { explainGroup } from "./coupled-group.js";
import { findCoupledGroups, type GroupAnalysis } from "./find-groups.js";

class Net extends GraphBuilder {
  zeros(name: string, ...dims: number[]): Value {
    return this.weight(name, floatTensor(dims, new Float32Array(dims.reduce((a, b) => a * b, 1))));
  }

  conv(name: string, x: Value, outputs: number, inputs: number, group = 1): Value {
    return this.op("Conv", [x, this.zeros(`${name}.w`, outputs, inputs / group, 1, 1)], {
      name,
      attributes: { group: intAttribute(group) },
    });
  }
}

function analyse(build: (net: Net) => Value, opset = 17): GroupAnalysis {
  const net = new Net();
  net.output(build(net), "y");
  const model = net.model(opset);
  return findCoupledGroups(model, inferFacts(model), defaultHandlers());
}

const image = (net: Net): Value => net.input("x", [1, 3, 4, 4]);
const widths = ({ groups }: GroupAnalysis) => groups.map(({ id, width, kind }) => `${id} ${width} ${kind}`);

describe("findCoupledGroups", () => {
  it("finds one group a layer of a chain, and names it after the value that first has it", () => {
    const found = analyse((net) =>
      net.conv("c", net.op("Relu", [net.conv("b", net.conv("a", image(net), 4, 3), 5, 4)]), 2, 5),
    );
    expect(widths(found)).toEqual(["a_out#1 4 channel", "b_out#1 5 channel"]);
    expect(found.groups[1]?.members.map(({ value, axis, role }) => [value.name, axis, role])).toEqual([
      ["b.w", 0, "produces"],
      ["c.w", 1, "consumes"],
    ]);
    expect(found.groups[1]?.activations.map(({ value, axis }) => [value.name, axis])).toEqual([
      ["b_out", 1],
      ["relu_out", 1],
    ]);
  });

  it("couples what a residual adds", () => {
    const found = analyse((net) => {
      const a = net.conv("a", image(net), 4, 3);
      return net.conv("c", net.op("Add", [a, net.conv("b", a, 4, 4)]), 2, 4);
    });
    expect(widths(found)).toEqual(["a_out#1 4 channel"]);
    expect(found.groups[0]?.members.map(({ value, axis }) => `${value.name}#${axis}`).sort()).toEqual([
      "a.w#0",
      "b.w#0",
      "b.w#1",
      "c.w#1",
    ]);
  });

  it("numbers groups that share an axis by their positions", () => {
    const found = analyse((net) => {
      const [first, second] = net.ops("Split", [net.conv("a", image(net), 5, 3), net.ints("sizes", [2, 3])], {
        outputs: 2,
        attributes: { axis: intAttribute(1) },
      }) as [Value, Value];
      return net.op("Add", [net.conv("b", first, 2, 2), net.conv("c", second, 2, 3)]);
    });
    expect(widths(found)).toEqual(["a_out#1.0 2 channel", "a_out#1.1 3 channel"]);
    const [first, second] = found.groups.map((group) =>
      group.members.find(({ value }) => value.name === "a.w"),
    );
    expect([...(first?.unitOf ?? [])]).toEqual([0, 1, -1, -1, -1]);
    expect([...(second?.unitOf ?? [])]).toEqual([-1, -1, 0, 1, 2]);
  });

  it("sees the heads and the head dimensions of a reshape as two groups of one axis", () => {
    const found = analyse((net) => {
      const tokens = net.op("MatMul", [net.input("x", [1, 4, 5]), net.zeros("w", 5, 6)]);
      const heads = net.op("Reshape", [tokens, net.ints("heads", [1, 4, 2, 3])]);
      const joined = net.op("Reshape", [net.op("Relu", [heads]), net.ints("joined", [1, 4, 6])]);
      return net.op("MatMul", [joined, net.zeros("v", 6, 2)]);
    });
    expect(found.groups.map(({ id, width }) => [id, width])).toEqual([
      ["matmul_out#2.0", 2],
      ["matmul_out#2.1", 3],
    ]);
    const rows = found.groups.map((group) => [
      ...(group.members.find(({ value }) => value.name === "w")?.unitOf ?? []),
    ]);
    expect(rows).toEqual([
      [0, 0, 0, 1, 1, 1],
      [0, 1, 2, 0, 1, 2],
    ]);
  });

  it("makes whole groups and the filters within them the units of a grouped convolution", () => {
    const found = analyse((net) =>
      net.conv("c", net.conv("b", net.conv("a", image(net), 4, 3), 6, 4, 2), 2, 6),
    );
    const ids = found.groups.map(({ id, width, kind }) => [id, width, kind]);
    expect(ids).toEqual([
      ["a_out#1.0", 2, "group"],
      ["a_out#1.1", 2, "channel"],
      ["b_out#1", 3, "channel"],
    ]);
  });

  it("says of every dense weight what keeps it so", () => {
    const found = analyse((net) => {
      const odd = net.op("Frobnicate", [net.conv("a", image(net), 4, 3)], { name: "odd" });
      odd.type = { kind: "tensor", dataType: DataType.FLOAT, shape: [1, 4, 4, 4] };
      return net.conv("b", odd, 2, 4);
    });
    const reasons = found.dense.map(({ value, reason }) => [value.name, reason.code, reason.node]);
    expect(reasons).toEqual([
      ["a.w", "UNKNOWN_OP", "odd"],
      ["b.w", "GRAPH_OUTPUT", null],
    ]);
  });

  it("marks groups whose removal changes the kept units, and says which node does it", () => {
    const exactness = (build: (net: Net, a: Value) => Value, opset?: number) => {
      const { groups } = analyse(
        (net) => net.conv("b", build(net, net.conv("a", image(net), 4, 3)), 2, 4),
        opset,
      );
      const group = groups.find(({ id }) => id === "a_out#1");
      return [group?.exact, group?.inexactReason?.opType ?? null];
    };
    const axis = (name: string) => ({
      attributes: { axes: intsAttribute([1]), keepdims: intAttribute(1) },
      name,
    });
    expect(exactness((net, a) => net.op("Relu", [a]))).toEqual([true, null]);
    expect(exactness((net, a) => net.op("Sub", [a, net.op("ReduceMean", [a], axis("m"))]))).toEqual([
      false,
      "ReduceMean",
    ]);
    expect(exactness((net, a) => net.op("Sub", [a, net.op("ReduceMax", [a], axis("m"))]))).toEqual([
      false,
      "ReduceMax",
    ]);
    expect(exactness((net, a) => net.op("Sub", [a, net.op("ReduceL2", [a], axis("m"))]))).toEqual([
      true,
      null,
    ]);
    expect(exactness((net, a) => net.op("Softmax", [a], { attributes: { axis: intAttribute(1) } }))).toEqual([
      false,
      "Softmax",
    ]);
    expect(exactness((net, a) => net.op("Softmax", [a], { attributes: { axis: intAttribute(2) } }))).toEqual([
      true,
      null,
    ]);
    expect(
      exactness((net, a) => net.op("Softmax", [a], { attributes: { axis: intAttribute(1) } }), 11),
    ).toEqual([false, "Softmax"]);
    expect(exactness((net, a) => net.op("LRN", [a], { attributes: { size: intAttribute(3) } }))).toEqual([
      false,
      "LRN",
    ]);
  });

  it("does not touch the model, and finds the same again", () => {
    const net = new Net();
    net.output(net.conv("b", net.conv("a", image(net), 4, 3), 2, 4), "y");
    const model: Model = net.model();
    const facts = inferFacts(model);
    const once = widths(findCoupledGroups(model, facts, defaultHandlers()));
    expect(widths(findCoupledGroups(model, facts, defaultHandlers()))).toEqual(once);
    expect(model.graph.initializers.size).toBe(2);
  });

  it("cannot look behind a value of unknown rank, and says so", () => {
    const net = new Net();
    const x = net.input("x", [1, 3, 4, 4]);
    const odd = net.op("Frobnicate", [x], { name: "odd" });
    net.output(net.conv("b", net.conv("a", odd, 4, 3), 2, 4), "y");
    const model = net.model();
    const { groups, links } = findCoupledGroups(model, inferFacts(model), defaultHandlers());
    expect(groups).toEqual([]);
    expect([...links.barriers.values()].map(({ code }) => code)).toEqual([
      "UNKNOWN_OP",
      "UNKNOWN_SHAPE",
      "UNKNOWN_SHAPE",
    ]);
  });
});

describe("explainGroup", () => {
  it("says what shrinks and how it hangs together", () => {
    const found = analyse((net) => {
      const a = net.conv("a", image(net), 4, 3);
      const flat = net.op("Flatten", [net.op("Relu", [a])]);
      return net.op("Gemm", [flat, net.zeros("fc", 64, 2)]);
    });
    expect(explainGroup(found.groups[0] as never)).toBe(
      [
        "a_out#1: 4 channel units",
        "  produces a.w axis 0: 4 of 4 positions",
        "  consumes fc axis 0: 64 of 64 positions",
        "  carries  a_out axis 1",
        "  carries  relu_out axis 1",
        "  carries  flatten_out axis 1",
      ].join("\n"),
    );
  });
});

describe("a registry of handlers", () => {
  it("refuses two handlers of one operator, and knows operators by domain", () => {
    const [first] = OP_HANDLERS;
    expect(() => createHandlerRegistry([first, first] as never)).toThrow("two handlers");
    expect(defaultHandlers().find({ domain: "com.microsoft", opType: "Gelu" })).not.toBeNull();
    expect(defaultHandlers().find({ domain: "acme", opType: "Conv" })).toBeNull();
  });
});
