import { modelBytes, type RuntimeTensor } from "@espalier/core";
import { DataType, GraphBuilder } from "@espalier/ir";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OnnxSession, openSession } from "./onnx-session.js";
import { importOnnxRuntime } from "./onnxruntime.js";

const floats = (data: number[], dims: number[] = [data.length]): RuntimeTensor => ({
  ...{ dataType: DataType.FLOAT, dims, data: Float32Array.from(data) },
});

describe("places for outputs", () => {
  let session: OnnxSession;
  beforeAll(async () => {
    const builder = new GraphBuilder();
    const x = builder.input("x", ["N"]);
    builder.output(builder.op("Add", [x, x]), "y");
    const settings = { threads: 1, traceFolder: null };
    session = await openSession(await importOnnxRuntime(), { bytes: modelBytes(builder.model()) }, settings);
  });
  afterAll(() => session.release());

  it("hold the results, and are what is handed back", async () => {
    const [first, second] = [floats([0, 0, 0]), floats([0, 0, 0])];
    expect((await session.run({ x: floats([1, 2, 3]) }, ["y"], { y: first })).y).toBe(first);
    expect((await session.run({ x: floats([-1, 0, 5]) }, ["y"], { y: second })).y).toBe(second);
    expect([first, second].map(({ data }) => [...(data as Float32Array)])).toEqual([
      [2, 4, 6],
      [-2, 0, 10],
    ]);
  });

  it("of another size or type are refused", async () => {
    const x = floats([1, 2, 3]);
    await expect(session.run({ x }, ["y"], { y: floats([0, 0]) })).rejects.toThrow();
    const whole = { dataType: DataType.INT32, dims: [3], data: new Int32Array(3) };
    await expect(session.run({ x }, ["y"], { y: whole })).rejects.toThrow();
  });
});
