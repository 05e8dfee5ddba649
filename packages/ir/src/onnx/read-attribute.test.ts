import { describe, expect, it } from "vitest";
import { codeOf, modelBytes, reluGraph, zeros } from "../../testing/onnx-bytes.js";
import type { AttributeValue } from "../graph/attribute.js";
import type { NodeProto } from "./onnx_pb.js";
import { readModel } from "./read-model.js";

type Attributes = Partial<NodeProto["attribute"][number]>[];

function read(...attribute: Attributes): Map<string, AttributeValue> {
  const node = { opType: "Op", domain: "test", input: ["x"], output: ["y"], attribute } as never;
  const model = readModel(
    modelBytes(reluGraph({ node: [node] }), { opsetImport: [{ domain: "test", version: 1n }] }),
  );
  const [first] = model.graph.nodes;
  return new Map([...(first?.attributes ?? [])].map(([name, { value }]) => [name, value]));
}

describe("readAttributes", () => {
  it("reads every kind", () => {
    const bytes = Uint8Array.of(0xff, 0);
    const graph = { name: "g" } as never;
    const values = read(
      { name: "f", type: 1, f: 0.5 },
      { name: "i", type: 2, i: 9223372036854775807n },
      { name: "s", type: 3, s: bytes },
      { name: "t", type: 4, t: zeros("", [2]) as never },
      { name: "g", type: 5, g: graph },
      { name: "floats", type: 6, floats: [1, 2] },
      { name: "ints", type: 7, ints: [-1n] },
      { name: "strings", type: 8, strings: [bytes] },
      { name: "tensors", type: 9, tensors: [zeros("", [3]) as never] },
      { name: "graphs", type: 10, graphs: [graph, graph] },
      { name: "type", type: 13, tp: {} as never },
      { name: "later", type: 77 },
    );
    expect(values.get("f")).toEqual({ kind: "float", value: 0.5 });
    expect(values.get("i")).toEqual({ kind: "int", value: 9223372036854775807n });
    expect(values.get("s")).toEqual({ kind: "string", value: bytes });
    expect(values.get("t")).toMatchObject({ kind: "tensor", value: { dims: [2] } });
    expect(values.get("g")).toMatchObject({ kind: "graph", value: { name: "g" } });
    expect(values.get("floats")).toEqual({ kind: "floats", value: [1, 2] });
    expect(values.get("ints")).toEqual({ kind: "ints", value: [-1n] });
    expect(values.get("strings")).toEqual({ kind: "strings", value: [bytes] });
    expect(values.get("tensors")).toMatchObject({ kind: "tensors", value: [{ dims: [3] }] });
    expect(values.get("graphs")).toMatchObject({ kind: "graphs", value: [{ name: "g" }, { name: "g" }] });
    expect(values.get("type")?.kind).toBe("opaque");
    expect(values.get("later")?.kind).toBe("opaque");
  });

  it("takes a zero that was left out, as writers of proto3 do", () => {
    expect(read({ name: "axis", type: 2 }).get("axis")).toEqual({ kind: "int", value: 0n });
  });

  it("passes references to attributes of functions through", () => {
    expect(read({ name: "alpha", type: 1, refAttrName: "a" }).get("alpha")?.kind).toBe("opaque");
  });

  it.each<[string, string, Attributes]>([
    [
      "a name given twice",
      "DUPLICATE",
      [
        { name: "a", type: 2 },
        { name: "a", type: 2 },
      ],
    ],
    ["no type", "MALFORMED", [{ name: "a", i: 1n }]],
    ["a tensor left out", "MALFORMED", [{ name: "a", type: 4 }]],
    ["a graph left out", "MALFORMED", [{ name: "a", type: 5 }]],
    ["two values", "AMBIGUOUS", [{ name: "a", type: 2, i: 1n, f: 1 }]],
    ["a value of another kind", "AMBIGUOUS", [{ name: "a", type: 7, floats: [1] }]],
    [
      "a bad tensor inside what is passed through",
      "TENSOR_SIZE",
      [{ name: "a", type: 11, sparseTensor: { values: { dataType: 1, dims: [2n] } } as never }],
    ],
    [
      "external data inside what is passed through",
      "UNSUPPORTED",
      [{ name: "a", type: 99, t: { dataType: 1, dataLocation: 1 } as never }],
    ],
  ])("refuses %s as %s", (_, code, attributes) => {
    expect(codeOf(() => read(...attributes))).toBe(code);
  });
});
