import {
  DataType,
  floatTensor,
  GraphBuilder,
  intAttribute,
  intsAttribute,
  type Model,
  type Value,
} from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { readTflite } from "../read-tflite.js";
import { type ExportTfliteOptions, exportTflite } from "./export-tflite.js";
import { INTERFACE_METADATA } from "./io.js";

const weights = (dims: readonly number[], value = 0.5) =>
  floatTensor(dims, new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(value));

function network(build: (b: GraphBuilder) => readonly Value[], opset = 17): Model {
  const builder = new GraphBuilder();
  for (const output of build(builder)) builder.output(output);
  return builder.model(opset);
}

/** Names and versions of the operators of the file, in order. */
function operatorsOf(model: Model, options: ExportTfliteOptions = {}): string[] {
  const { bytes, refused } = exportTflite(model, options);
  expect(refused).toEqual([]);
  const { operatorCodes, subgraphs } = readTflite(bytes as Uint8Array);
  return (subgraphs[0]?.operators ?? []).map(({ opcodeIndex }) => {
    const code = operatorCodes[opcodeIndex];
    return `${code?.builtinCode} ${code?.version}`;
  });
}

const convNet = (size = 8): Model =>
  network((b) => {
    const x = b.input("x", ["N", 3, size, size]);
    const y = b.op("Conv", [x, b.weight("w", weights([4, 3, 3, 3]))], {
      attributes: { pads: intsAttribute([1, 1, 1, 1]) },
    });
    const scale = [1, 2, 3, 4].map((value, i) => b.weight(`s${i}`, weights([4], value)));
    return [b.op("Relu", [b.op("BatchNormalization", [y, ...scale])])];
  });

describe("an exported network", () => {
  it("is one convolution where batch normalisation and ReLU fold into it", () => {
    expect(operatorsOf(convNet())).toEqual(["CONV_2D 1"]);
  });

  it("holds the folded numbers: (w·x − μ)·γ/√(σ² + ε) + β", () => {
    const { bytes } = exportTflite(convNet());
    const { buffers, subgraphs } = readTflite(bytes as Uint8Array);
    const tensor = (i: number) => {
      const index = subgraphs[0]?.operators[0]?.inputs[i] as number;
      return new Float32Array(
        buffers[subgraphs[0]?.tensors[index]?.buffer as number]?.data.slice().buffer as ArrayBuffer,
      );
    };
    const factor = 1 / Math.sqrt(4 + 1e-5);
    expect(tensor(1)[0]).toBeCloseTo(0.5 * factor, 7);
    expect(tensor(2)[0]).toBeCloseTo(2 - 3 * factor, 6);
  });

  it("takes images channels last, and says so in its metadata", () => {
    const { bytes, io, transposedBytes } = exportTflite(convNet());
    expect(io.inputs).toEqual([
      {
        name: "x",
        shape: [1, 8, 8, 3],
        type: "FLOAT32",
        onnxShape: [1, 3, 8, 8],
        onnxType: "float",
        layout: "NHWC",
        permutation: [0, 2, 3, 1],
      },
    ]);
    expect(io.outputs[0]).toMatchObject({ shape: [1, 8, 8, 4], layout: "NHWC" });
    expect(transposedBytes).toBe(0);
    const { metadata, buffers, signatureDefs } = readTflite(bytes as Uint8Array);
    const entry = metadata.find(({ name }) => name === INTERFACE_METADATA);
    const text = new TextDecoder().decode(buffers[entry?.buffer as number]?.data);
    expect(JSON.parse(text)).toEqual({ version: 1, ...io });
    expect(signatureDefs[0]?.inputs.map(({ name }) => name)).toEqual(["x"]);
  });

  it("keeps ONNX's order where asked to, and tells what that moves", () => {
    expect(operatorsOf(convNet(), { ioLayout: "nchw" })).toEqual(["TRANSPOSE 1", "CONV_2D 1", "TRANSPOSE 1"]);
    const { io, transposedBytes } = exportTflite(convNet(), { ioLayout: "nchw" });
    expect(io.inputs[0]).toMatchObject({ shape: [1, 3, 8, 8], layout: "ONNX", permutation: [0, 1, 2, 3] });
    expect(transposedBytes).toBe(4 * (3 * 64 + 4 * 64));
  });

  it("has the same bytes each time", () => {
    expect(exportTflite(convNet()).bytes).toEqual(exportTflite(convNet()).bytes);
  });

  it("leaves an input of rank 4 alone that is no image", () => {
    const model = network((b) => [b.op("Relu", [b.input("x", [1, 2, 3, 4])])]);
    expect(exportTflite(model).io.inputs[0]?.permutation).toEqual([0, 1, 2, 3]);
  });

  it("needs no TRANSPOSE for a network that was channels last before it was ONNX", () => {
    const model = network((b) => {
      const x = b.op("Transpose", [b.input("x", [1, 8, 8, 3])], {
        attributes: { perm: intsAttribute([0, 3, 1, 2]) },
      });
      const y = b.op("Conv", [x, b.weight("w", weights([4, 3, 1, 1]))]);
      return [b.op("Transpose", [y], { attributes: { perm: intsAttribute([0, 2, 3, 1]) } })];
    });
    expect(operatorsOf(model)).toEqual(["CONV_2D 1"]);
    expect(exportTflite(model).io.inputs[0]?.layout).toBe("ONNX");
  });

  it("pads explicitly where TFLite would pad elsewhere", () => {
    const strided = network((b) => [
      b.op("Conv", [b.input("x", [1, 3, 8, 8]), b.weight("w", weights([4, 3, 3, 3]))], {
        attributes: { pads: intsAttribute([1, 1, 1, 1]), strides: intsAttribute([2, 2]) },
      }),
    ]);
    expect(operatorsOf(strided)).toEqual(["PAD 1", "CONV_2D 1"]);
  });

  it("gives a classifier behind a flattened image the columns of its weights in another order", () => {
    const model = network((b) => {
      const y = b.op("Conv", [b.input("x", [1, 3, 8, 8]), b.weight("w", weights([4, 3, 3, 3]))]);
      const flat = b.op("Flatten", [y]);
      return [b.op("Gemm", [flat, b.weight("v", weights([144, 5]))])];
    });
    expect(operatorsOf(model)).toEqual(["CONV_2D 1", "RESHAPE 1", "FULLY_CONNECTED 1"]);
  });

  it.each([
    [
      "x times the sum, times a half",
      (b: GraphBuilder, x: Value, sum: Value, half: Value) => b.op("Mul", [b.op("Mul", [x, sum]), half]),
    ],
    [
      "a half of x times the sum",
      (b: GraphBuilder, x: Value, sum: Value, half: Value) => b.op("Mul", [b.op("Mul", [x, half]), sum]),
    ],
    [
      "a half of the sum times x",
      (b: GraphBuilder, x: Value, sum: Value, half: Value) => b.op("Mul", [b.op("Mul", [half, sum]), x]),
    ],
  ] as const)("knows GELU written out as %s", (_, product) => {
    const gelu = (root: number, factor = 0.5): Model =>
      network((b) => {
        const x = b.op("Abs", [b.input("x", [2, 3])]);
        const number = (name: string, value: number): Value => b.weight(name, floatTensor([], [value]));
        const erf = b.op("Erf", [b.op("Div", [x, number("root", root)])]);
        return [product(b, x, b.op("Add", [erf, number("one", 1)]), number("half", factor))];
      });
    expect(operatorsOf(gelu(Math.SQRT2))).toEqual(["ABS 1", "GELU 1"]);
    for (const other of [gelu(1.5), gelu(Math.SQRT2, 0.4)])
      expect(operatorsOf(other).length).toBeGreaterThan(5);
  });

  it("stores weights as float16, widened when it is loaded", () => {
    expect(operatorsOf(convNet(), { precision: "float16" })).toEqual(["DEQUANTIZE 3", "CONV_2D 1"]);
    const [whole, half] = (["float32", "float16"] as const).map(
      (precision) => exportTflite(bigNet(), { precision }).bytes?.byteLength as number,
    );
    expect((half as number) / (whole as number)).toBeLessThan(0.55);
  });

  it("stores weights as int8 with a scale for each output", () => {
    expect(operatorsOf(convNet(), { precision: "dynamic-int8" })).toEqual(["CONV_2D 5"]);
    const bytes = exportTflite(bigNet(), { precision: "dynamic-int8" }).bytes as Uint8Array;
    expect(bytes.byteLength / (exportTflite(bigNet()).bytes as Uint8Array).byteLength).toBeLessThan(0.3);
    const stored = readTflite(bytes).subgraphs[0]?.tensors.find(({ type }) => type === "INT8");
    expect(stored?.quantization?.scale).toHaveLength(64);
    expect(stored?.quantization?.quantizedDimension).toBe(0);
  });
});

const bigNet = (): Model =>
  network((b) => [b.op("Conv", [b.input("x", [1, 64, 4, 4]), b.weight("w", weights([64, 64, 3, 3]))])]);

describe("what has no form in TFLite", () => {
  it("is refused by code, with the node and what would unblock it, for all nodes at once", () => {
    const model = network((b) => {
      const x = b.input("x", [2, 3]);
      const odd = b.op("Hardmax", [x], { name: "first" });
      return [b.op("Det", [b.op("Relu", [odd])], { name: "second" })];
    });
    const { bytes, refused } = exportTflite(model);
    expect(bytes).toBeNull();
    expect(refused).toMatchObject([
      { node: "first", opType: "Hardmax", code: "OP_NOT_LOWERED" },
      { node: "second", opType: "Det", code: "OP_NOT_LOWERED" },
    ]);
    for (const { unblock } of refused) expect(unblock).toContain("docs/adding-an-op.md");
  });

  it("is refused for attributes, types and operands too", () => {
    const refusals = (build: (b: GraphBuilder) => Value, opset?: number) =>
      exportTflite(network((b) => [build(b)], opset)).refused.map(({ code }) => code);
    expect(refusals((b) => b.op("Conv", [b.input("x", [1, 3, 4, 4]), b.input("w", [2, 3, 1, 1])]))).toEqual([
      "NOT_CONSTANT",
    ]);
    expect(
      refusals((b) => b.op("Conv", [b.input("x", [1, 3, 4, 4, 4]), b.weight("w", weights([2, 3, 1, 1, 1]))])),
    ).toEqual(["RANK_TOO_HIGH"]);
    expect(
      refusals((b) =>
        b.op("MaxPool", [b.input("x", [1, 3, 8, 8])], {
          attributes: { kernel_shape: intsAttribute([2, 2]), dilations: intsAttribute([2, 2]) },
        }),
      ),
    ).toEqual(["ATTRIBUTE_NOT_LOWERED"]);
    expect(refusals((b) => b.op("Relu", [b.input("x", [2], DataType.STRING)]))).toEqual(["TYPE_NOT_LOWERED"]);
    expect(
      refusals((b) => b.op("Add", [b.input("x", [2], DataType.INT64), b.ints("big", [2 ** 40, 1])])),
    ).toEqual(["OUT_OF_RANGE"]);
    expect(
      refusals((b) => b.op("Pow", [b.input("x", [1, 2, 1, 2, 1]), b.input("y", [1, 1, 2, 2, 2])])),
    ).toEqual(["RANK_TOO_HIGH"]);
    expect(
      refusals((b) =>
        b.op("Flatten", [b.op("NonZero", [b.input("x", [2, 3])])], { attributes: { axis: intAttribute(0) } }),
      ),
    ).toEqual(["OP_NOT_LOWERED"]);
  });

  it("leaves alone what the outputs do not need", () => {
    const model = network((b) => {
      const x = b.input("x", [2, 3]);
      b.op("Hardmax", [x]);
      return [b.op("Relu", [x])];
    });
    expect(operatorsOf(model)).toEqual(["RELU 1"]);
  });

  it("is a size that nothing binds, by the option that would", () => {
    const model = network((b) => [b.op("Relu", [b.input("x", ["N", "T", 4])])]);
    expect(() => exportTflite(model)).toThrowError(expect.objectContaining({ code: "SIZE_UNKNOWN" }));
    expect(() => exportTflite(model)).toThrowError(/--dim "T"=N/);
    expect(exportTflite(model, { bindings: { T: 5 } }).io.inputs[0]?.shape).toEqual([1, 5, 4]);
    expect(() => exportTflite(model, { bindings: { S: 5 } })).toThrowError(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    );
  });
});
