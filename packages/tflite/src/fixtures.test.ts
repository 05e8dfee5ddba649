// Files of TensorFlow's own converter (fixtures/make_fixtures.py): read, written, read again.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { TfliteModel } from "./model.js";
import { readTflite } from "./read-tflite.js";
import { writeTflite } from "./write-tflite.js";

const folder = fileURLToPath(new URL("../fixtures/", import.meta.url));
const read = (name: string): TfliteModel => readTflite(readFileSync(`${folder}${name}.tflite`));
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".tflite"))
  .map((name) => name.replace(".tflite", ""));

/** The operators of the main graph, in order. */
const operatorsOf = ({ subgraphs, operatorCodes }: TfliteModel): string[] =>
  subgraphs[0]?.operators.map(({ opcodeIndex }) => operatorCodes[opcodeIndex]?.builtinCode ?? "") ?? [];

describe("files of TensorFlow's converter", () => {
  it.each(names)("%s: what is written is read as the same model", (name) => {
    const model = read(name);
    expect(readTflite(writeTflite(model))).toEqual(model);
  });

  it("hold the operators of the network, with their options", () => {
    const model = read("conv-float32");
    expect(operatorsOf(model)).toEqual([
      "CONV_2D",
      "DEPTHWISE_CONV_2D",
      "MAX_POOL_2D",
      "MEAN",
      "FULLY_CONNECTED",
      "SOFTMAX",
    ]);
    const options = model.subgraphs[0]?.operators.map(({ builtinOptions }) => builtinOptions);
    expect(options?.[0]).toEqual({
      type: "Conv2DOptions",
      padding: "SAME",
      strideW: 1,
      strideH: 1,
      fusedActivation: "RELU",
      dilationWFactor: 1,
      dilationHFactor: 1,
      quantizedBiasType: "FLOAT32",
    });
    expect(options?.[1]).toMatchObject({ padding: "SAME", strideW: 2, strideH: 2, fusedActivation: "RELU6" });
    expect(options?.[2]).toMatchObject({ type: "Pool2DOptions", filterWidth: 2, filterHeight: 2 });
    expect(options?.[5]).toEqual({ type: "SoftmaxOptions", beta: 1 });
  });

  it("hold one scale for each output channel of a quantised convolution", () => {
    const [main] = read("conv-int8").subgraphs;
    const [, weights] = main?.operators[0]?.inputs ?? [];
    const tensor = main?.tensors[weights as number];
    expect(tensor).toMatchObject({ type: "INT8", shape: [8, 3, 3, 3], buffer: expect.any(Number) });
    expect(tensor?.quantization?.scale).toHaveLength(8);
    expect(tensor?.quantization?.zeroPoint).toEqual(new Array(8).fill(0));
  });

  it("hold sizes that are not known as -1 in the signature", () => {
    expect(read("shapes").subgraphs[0]?.tensors[0]).toMatchObject({
      shape: [1, 4, 4, 4],
      shapeSignature: [-1, 4, 4, 4],
    });
  });

  it("hold the graphs of a loop", () => {
    const model = read("loop");
    expect(model.subgraphs).toHaveLength(3);
    expect(operatorsOf(model)).toContain("WHILE");
  });

  it("hold a sparse weight as levels", () => {
    const [main] = read("sparse").subgraphs;
    const tensor = main?.tensors.find(({ sparsity }) => sparsity !== null);
    expect(tensor?.shape).toEqual([32, 64]);
    expect(tensor?.sparsity?.dimMetadata.map(({ format }) => format)).toContain("SPARSE_CSR");
  });
});
