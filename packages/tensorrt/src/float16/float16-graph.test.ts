import { modelBytes } from "@espalier/core";
import {
  DataType,
  type DataTypeCode,
  floatTensor,
  GraphBuilder,
  inferFacts,
  int64Tensor,
  intAttribute,
  intsAttribute,
  type Model,
  readModel,
  stringAttribute,
  type Value,
} from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { type Float16Options, float16Graph } from "./float16-graph.js";

type Net = GraphBuilder;

/** A network [1, 4] → what `build` makes of it, rewritten, written and read again. */
function rewritten(
  build: (net: Net, x: Value) => Value,
  { io, shape = [1, 4] }: Pick<Float16Options, "io"> & { shape?: readonly number[] } = {},
) {
  const net = new GraphBuilder();
  net.output(build(net, net.input("x", shape)), "y");
  const result = float16Graph(net.model(), { bindings: new Map(), ...(io === undefined ? {} : { io }) });
  const model = readModel(modelBytes(result.model));
  return { ...result, model, types: typesOf(model) };
}

/** The element types that each node reads and writes, in order. */
function typesOf(model: Model): string[] {
  const facts = inferFacts(model);
  const name = (value: Value | null): string => {
    const type = value === null ? null : (facts.dataType(value) as DataTypeCode);
    if (type === DataType.FLOAT) return "f32";
    return type === DataType.FLOAT16 ? "f16" : "-";
  };
  return [...model.graph.nodes].map(
    ({ opType, inputs, outputs }) =>
      `${opType} ${inputs.map(name).join(" ")} → ${outputs.map(name).join(" ")}`,
  );
}

const square = (net: Net) =>
  net.weight(
    "w",
    floatTensor(
      [4, 4],
      Array.from({ length: 16 }, (_, i) => i / 8),
    ),
  );

describe("a network in float16", () => {
  it("computes in it, between float32 inputs and outputs that keep their names", () => {
    const { types, model, weights, nodes } = rewritten((net, x) =>
      net.op("Relu", [net.op("MatMul", [x, square(net)])]),
    );
    expect(types).toEqual(["Cast f32 → f16", "MatMul f16 f16 → f16", "Relu f16 → f16", "Cast f16 → f32"]);
    expect([model.graph.inputs[0]?.name, model.graph.outputs[0]?.name]).toEqual(["x", "y"]);
    expect([...model.graph.initializers].map(({ name }) => name)).toEqual(["w"]);
    expect([nodes, weights.stored]).toEqual([2, 16]);
  });

  it("takes and gives float16 where that is asked for", () => {
    const { types } = rewritten((net, x) => net.op("MatMul", [x, square(net)]), { io: "float16" });
    expect(types).toEqual(["MatMul f16 f16 → f16"]);
  });

  it("leaves a network without float32 as it is", () => {
    const net = new GraphBuilder();
    net.output(net.op("Relu", [net.input("x", [4], DataType.FLOAT16)]), "y");
    const { model, nodes } = float16Graph(net.model(), { bindings: new Map() });
    expect([typesOf(model), nodes]).toEqual([["Relu f16 → f16"], 0]);
  });

  it("sums and raises to powers in float32, and says why", () => {
    const { types, kept } = rewritten((net, x) =>
      net.op("Relu", [
        net.op("ReduceMean", [net.op("Pow", [x, net.weight("two", floatTensor([], [2]))])], {
          attributes: { axes: intsAttribute([1]) },
        }),
      ]),
    );
    expect(types).toEqual([
      "Pow f32 f32 → f32",
      "ReduceMean f32 → f32",
      "Cast f32 → f16",
      "Relu f16 → f16",
      "Cast f16 → f32",
    ]);
    expect(kept.map(({ opType, reason }) => [opType, reason])).toEqual([
      ["Pow", "FLOAT32_OVERFLOW"],
      ["ReduceMean", "FLOAT32_OVERFLOW"],
    ]);
  });

  it("keeps what reads a number beyond 65504 in float32, and infinities as they are", () => {
    const added = (value: number) =>
      rewritten((net, x) => net.op("Add", [x, net.weight("c", floatTensor([], [value]))])).kept;
    expect(added(-1e9)).toMatchObject([{ opType: "Add", reason: "FLOAT32_CONSTANT" }]);
    expect(added(Number.NEGATIVE_INFINITY)).toEqual([]);
  });

  it("gives Resize its scales in float32 and its image in float16", () => {
    const scales = [1, 1, 2, 2];
    const { types } = rewritten(
      (net, x) =>
        net.op("Resize", [x, null, net.weight("s", floatTensor([4], scales))], {
          attributes: { mode: stringAttribute("nearest") },
        }),
      { shape: [1, 1, 2, 2] },
    );
    expect(types[1]).toBe("Resize f16 - f32 → f16");
  });

  it("counts positions in float32, which float16 holds up to 2048", () => {
    const { kept, types } = rewritten((net, x) => {
      const sizes = net.op("Shape", [x]);
      const count = net.op("Cast", [sizes], { attributes: { to: intAttribute(DataType.FLOAT) } });
      const angle = net.op("Sin", [net.op("Mul", [count, net.weight("f", floatTensor([2], [1, 0.1]))])]);
      const gathered = net.op("Gather", [angle, net.weight("i", int64Tensor([1], [1n]))]);
      return net.op("Mul", [x, gathered]);
    });
    expect(kept.map(({ opType, reason }) => [opType, reason])).toEqual([
      ["Cast", "FLOAT32_TYPE"],
      ["Mul", "FLOAT32_COUNTED"],
      ["Sin", "FLOAT32_COUNTED"],
      ["Gather", "FLOAT32_COUNTED"],
    ]);
    expect(types.at(-2)).toBe("Mul f16 f16 → f16");
  });

  it("says of an operator that nobody described that it stays as it is", () => {
    const { kept, types } = rewritten((net, x) => net.op("Nonsense", [net.op("Relu", [x])]));
    expect(kept).toMatchObject([{ opType: "Nonsense", reason: "FLOAT32_UNKNOWN" }]);
    expect(types).toContain("Cast f16 → f32");
  });
});
