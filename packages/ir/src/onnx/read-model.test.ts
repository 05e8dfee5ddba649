import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  branch,
  codeOf,
  floats,
  type ModelInit,
  modelBytes,
  reluGraph,
  unary,
  wire,
  zeros,
} from "../../testing/onnx-bytes.js";
import { dimText } from "../dim.js";
import type { Value } from "../graph/value.js";
import { readModel } from "./read-model.js";

const code = (rest: ModelInit): string => codeOf(() => readModel(modelBytes(reluGraph(), rest)));

function shapeOf(value: Value | undefined): string[] {
  return value?.type?.kind === "tensor" ? (value.type.shape ?? []).map(dimText) : [];
}

describe("readModel", () => {
  it("reads what describes the model", () => {
    const model = readModel(
      modelBytes(reluGraph(), {
        irVersion: 9n,
        producerName: "p",
        producerVersion: "1",
        domain: "d",
        modelVersion: 5n,
        docString: "doc",
        metadataProps: [{ key: "__proto__", value: "v" }],
        opsetImport: [
          { domain: "ai.onnx", version: 18n },
          { domain: "com.microsoft", version: 1n },
        ],
      }),
    );
    expect(model).toMatchObject({
      irVersion: 9,
      producerName: "p",
      producerVersion: "1",
      domain: "d",
      docString: "doc",
    });
    expect(model.modelVersion).toBe(5n);
    expect([...model.metadataProps]).toEqual([["__proto__", "v"]]);
    expect([...model.opsets]).toEqual([
      ["", 18],
      ["com.microsoft", 1],
    ]);
  });

  it("does not give out Node Buffers, whose slice() is no copy", () => {
    const buffer = Buffer.from(modelBytes(reluGraph({ initializer: [zeros("w", [2])] })));
    const [w] = readModel(buffer).graph.initializers;
    expect(w?.initializer?.bytes().constructor).toBe(Uint8Array);
  });

  it.each([2n, 14n, 0n, -1n])("refuses IR version %s", (irVersion) => {
    expect(code({ irVersion })).toBe("UNSUPPORTED_VERSION");
  });

  it.each([6n, 27n, 0n, -1n])("refuses opset %s", (version) => {
    expect(code({ opsetImport: [{ version }] })).toBe("UNSUPPORTED_VERSION");
  });

  it.each([3n, 13n])("takes IR version %s", (irVersion) => {
    expect(code({ irVersion })).toBe("none");
  });

  it.each([7n, 26n])("takes opset %s", (version) => {
    expect(code({ opsetImport: [{ version }, { domain: "own", version: 999n }] })).toBe("none");
  });

  it.each<[string, string, ModelInit]>([
    [
      "DUPLICATE",
      "an opset imported twice",
      { opsetImport: [{ version: 17n }, { domain: "ai.onnx", version: 13n }] },
    ],
    ["MALFORMED", "no opset", { opsetImport: [] }],
    ["MALFORMED", "a standard operator without opset", { opsetImport: [{ domain: "own", version: 1n }] }],
    [
      "DUPLICATE",
      "a metadata key given twice",
      {
        metadataProps: [
          { key: "a", value: "1" },
          { key: "a", value: "1" },
        ],
      },
    ],
    ["OVERFLOW", "a version beyond 2^53", { irVersion: 2n ** 60n }],
    [
      "TENSOR_SIZE",
      "a bad tensor in training information",
      { trainingInfo: [{ algorithm: { initializer: [{ dataType: 1, dims: [9n] }] } }] },
    ],
  ])("refuses with %s %s", (expected, _, rest) => {
    expect(code(rest)).toBe(expected);
  });

  it("refuses a file without graph, without content, of another format", () => {
    expect(codeOf(() => readModel(Uint8Array.from(wire.number(1, 8))))).toBe("MALFORMED");
    expect(codeOf(() => readModel(new Uint8Array(0)))).toBe("TRUNCATED");
    expect(codeOf(() => readModel(new TextEncoder().encode("PK\x03\x04")))).toBe("UNSUPPORTED_FORMAT");
  });

  it("refuses options that make no sense", () => {
    expect(codeOf(() => readModel(modelBytes(reluGraph()), { limits: { rank: -1 } }))).toBe("INVALID_OPTION");
  });

  it("holds the limit on the file", () => {
    const bytes = modelBytes(reluGraph());
    expect(codeOf(() => readModel(bytes, { limits: { fileBytes: bytes.byteLength } }))).toBe("none");
    expect(codeOf(() => readModel(bytes, { limits: { fileBytes: bytes.byteLength - 1 } }))).toBe(
      "LIMIT_EXCEEDED",
    );
  });

  it("stops when it is cancelled", () => {
    const controller = new AbortController();
    controller.abort();
    const bytes = modelBytes(reluGraph());
    expect(codeOf(() => readModel(bytes, { signal: controller.signal }))).toBe("ABORTED");
  });

  it("quotes hostile names in messages", () => {
    const bytes = modelBytes(reluGraph({ node: [unary("\u202e\n\0", "y")] }));
    expect(() => readModel(bytes)).toThrow('value "\\u202e\\n\\u0000"');
  });

  describe("declared shapes", () => {
    it("gives every dimension left out a symbol of its own", () => {
      const graph = reluGraph({
        input: [floats("x", ["N", null, 3, null])],
        output: [floats("y", ["N", null])],
      });
      const { inputs, outputs } = readModel(modelBytes(graph)).graph;
      expect(shapeOf(inputs[0])).toEqual(["N", "x:1", "3", "x:3"]);
      expect(shapeOf(outputs[0])).toEqual(["N", "y:1"]);
    });

    it("avoids symbols that the file uses, also in branches", () => {
      const then = { node: [unary("x", "o")], output: [floats("o", ["x:0"])] };
      const otherwise = { node: [unary("x", "x2")], output: [floats("x2", [null])] };
      const graph = reluGraph({
        input: [floats("x", [null]), floats("c", [])],
        node: [branch("y", then, otherwise)],
      });
      expect(shapeOf(readModel(modelBytes(graph)).graph.inputs[0])).toEqual(["x:0_2"]);
    });

    it("takes negative sizes, empty and numeric symbols for dimensions left out", () => {
      const graph = reluGraph({ input: [floats("x", [-1, "", "3", "+3", "3a"])] });
      const { inputs } = readModel(modelBytes(graph)).graph;
      expect(shapeOf(inputs[0])).toEqual(["x:0", "x:1", "x:2", "x:3", "3a"]);
    });

    it("tells no shape from no dimensions", () => {
      const scalar = floats("x", []);
      const anything = {
        name: "y",
        type: { value: { case: "tensorType" as const, value: { elemType: 1 } } },
      };
      const { inputs, outputs } = readModel(
        modelBytes(reluGraph({ input: [scalar], output: [anything] })),
      ).graph;
      expect(inputs[0]?.type).toMatchObject({ shape: [] });
      expect(outputs[0]?.type).toMatchObject({ shape: null });
    });

    it("refuses sizes beyond 2^53", () => {
      const dim = [{ value: { case: "dimValue" as const, value: 2n ** 60n } }];
      const type = { value: { case: "tensorType" as const, value: { elemType: 1, shape: { dim } } } };
      const graph = reluGraph({ input: [{ name: "x", type }] });
      expect(codeOf(() => readModel(modelBytes(graph)))).toBe("OVERFLOW");
    });
  });

  it("answers any change of bytes with a model or a coded error", () => {
    const then = { node: [unary("x", "o")], output: [floats("o", [null])] };
    const original = modelBytes(
      reluGraph({
        input: [floats("x", ["N"]), floats("c", [])],
        node: [branch("y", then, then)],
        initializer: [
          zeros("w"),
          { name: "v", dataType: 7, dims: [2n], int64Data: [Uint8Array.of(1, 0x81, 1)] },
          { name: "u", dataType: 1, dataLocation: 1, externalData: [{ key: "location", value: "u" }] },
        ],
      }),
      { functions: [{ name: "F", domain: "f", input: ["x"], output: ["y"], node: [unary("x", "y")] }] },
    );
    expect(codeOf(() => readModel(original))).toBe("none");
    const change = fc.record({
      at: fc.nat(),
      byte: fc.integer({ min: 0, max: 255 }),
      remove: fc.nat({ max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = [...original];
        for (const { at, byte, remove } of changes) bytes.splice(at % bytes.length, remove, byte);
        expect(codeOf(() => readModel(Uint8Array.from(bytes)))).toMatch(/^[A-Za-z_]+$/);
      }),
      { numRuns: 5000 },
    );
  });
});
