import {
  DataType,
  floatTensor,
  GraphBuilder,
  inferFacts,
  type Model,
  rawTensor,
  readFloats,
  readModel,
} from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { exportTensorRt } from "./export-model.js";
import { packLayer } from "./pack-layer.js";
import { trtexecScript } from "./trtexec-script.js";

const coded = (code: string, words = "") =>
  expect.objectContaining({ code, message: expect.stringContaining(words) });

function model(weights: readonly number[], size: number | null = 4): Model {
  const net = new GraphBuilder();
  const x = net.input("x", [1, size ?? "width", 4]);
  net.output(net.op("MatMul", [x, net.weight("w", floatTensor([4, 4], Float32Array.from(weights)))]), "y");
  return net.model();
}

const SIXTEEN = Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? (i + 1) / 3 : 0));

describe("exportTensorRt", () => {
  it("writes constants, and leaves the model alone", () => {
    const source = model(SIXTEEN);
    source.irVersion = 3;
    const w = [...source.graph.initializers][0];
    if (w !== undefined) source.graph.inputs.push(w);
    const [file] = exportTensorRt(source).files;
    const written = readModel(file?.bytes as Uint8Array);
    expect(written.graph.inputs.map(({ name }) => name)).toEqual(["x"]);
    expect(source.graph.inputs).toHaveLength(2);
  });

  it("refuses an open dimension by the --dim that binds it, and gives the shapes where it is bound", () => {
    const open = model(SIXTEEN, null);
    expect(() => exportTensorRt(open)).toThrow(coded("SIZE_UNKNOWN", "--dim width=N"));
    expect(exportTensorRt(open, { dims: { width: 7 } }).shapes).toBe("x:1x7x4");
    expect(exportTensorRt(model(SIXTEEN)).shapes).toBeNull();
  });

  it("refuses an element type that TensorRT has not, by the value that has it", () => {
    const net = new GraphBuilder();
    const indices = net.weight("i", rawTensor(DataType.UINT16, [2], Uint8Array.of(0, 0, 1, 0), "i"));
    net.output(net.op("Identity", [indices]), "y");
    expect(() => exportTensorRt(net.model())).toThrow(coded("UNSUPPORTED", '"i"'));
  });

  it("rounds weights to float16 where that is asked for, zeros stay zeros, and what does not fit is refused", () => {
    const rounded = (weights: readonly number[]): number[] => {
      const [file] = exportTensorRt(model(weights), { precision: "float16" }).files;
      const read = readModel(file?.bytes as Uint8Array);
      const tensor = inferFacts(read).constant([...read.graph.initializers][0] as never);
      return tensor === null ? [] : [...readFloats(tensor)];
    };
    expect(rounded(SIXTEEN)[0]).toBe(0.333251953125);
    expect(rounded(SIXTEEN).filter((weight) => weight === 0)).toHaveLength(8);
    expect(() => rounded([70_000, ...SIXTEEN.slice(1)])).toThrow(coded("NONFINITE", '"w"'));
  });
});

describe("packLayer", () => {
  it("packs a filter's input channels tap by tap: [1, 4, 1, 2] is two rows", () => {
    const values = Float32Array.of(...[1, 9], ...[0, 8], ...[3, 0], ...[0, 0]);
    const { rows, columns, values: kept, metadata } = packLayer(values, { dims: [1, 4, 1, 2], axis: 1 });
    expect([rows, columns]).toEqual([2, 4]);
    expect([...kept]).toEqual([1, 3, 9, 8]);
    expect([...metadata]).toEqual([0b1000, 0b0100]);
  });
});

describe("the script", () => {
  it("builds dense and sparse from one file and quotes what is not its own", () => {
    const script = trtexecScript({
      model: "model.onnx",
      baseline: "dense.onnx",
      shapes: "it's:1x3",
      precision: "float16",
    });
    expect(script).toContain("--fp16 --shapes='it'\\''s:1x3'");
    for (const line of ["build dense 'model.onnx' disable", "build sparse 'model.onnx' enable"])
      expect(script).toContain(line);
    expect(script.startsWith("#!/usr/bin/env bash\n")).toBe(true);
  });
});
