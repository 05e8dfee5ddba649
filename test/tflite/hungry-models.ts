// TFLite files that open and are well formed, and take more time or memory than anybody has.

import { makeOptions, readTflite, type TfliteModel, type TfliteTensor, writeTflite } from "@espalier/tflite";
import { fixtureBytes } from "./golden.js";

/** Counts to 2^31 - 1 where the fixture counts to 3. */
export function endlessLoop(): Uint8Array {
  const model = readTflite(fixtureBytes("loop"));
  let found = 0;
  const buffers = model.buffers.map((buffer) => {
    const { data } = buffer;
    if (data.byteLength !== 4 || new DataView(data.buffer, data.byteOffset).getInt32(0, true) !== 3)
      return buffer;
    found++;
    return { data: new Uint8Array(Int32Array.of(2 ** 31 - 1).buffer) };
  });
  if (found !== 1) throw new Error("the loop has another end than it had");
  return writeTflite({ ...model, buffers });
}

/** y = the largest of x, repeated `count` times: 4 · `count` bytes in between. */
export function wideMaximum(count: number): Uint8Array {
  const tensor = (name: string, size: number, more: Partial<TfliteTensor> = {}): TfliteTensor => ({
    name,
    type: "FLOAT32",
    shape: [size],
    shapeSignature: [],
    hasRank: true,
    buffer: 0,
    isVariable: false,
    quantization: null,
    sparsity: null,
    ...more,
  });
  const operator = {
    customOptions: new Uint8Array(0),
    mutatingVariableInputs: [],
    intermediates: [],
    debugMetadataIndex: -1,
  };
  const model: TfliteModel = {
    version: 3,
    description: "",
    operatorCodes: [
      { builtinCode: "TILE", customCode: "", version: 1 },
      { builtinCode: "REDUCE_MAX", customCode: "", version: 1 },
    ],
    subgraphs: [
      {
        name: "main",
        tensors: [
          tensor("x", 1),
          tensor("count", 1, { type: "INT32", buffer: 1 }),
          tensor("wide", count),
          tensor("axis", 1, { type: "INT32", buffer: 2 }),
          tensor("y", 1),
        ],
        inputs: [0],
        outputs: [4],
        operators: [
          {
            ...operator,
            opcodeIndex: 0,
            inputs: [0, 1],
            outputs: [2],
            builtinOptions: makeOptions("TileOptions"),
          },
          {
            ...operator,
            opcodeIndex: 1,
            inputs: [2, 3],
            outputs: [4],
            builtinOptions: makeOptions("ReducerOptions", { keepDims: true }),
          },
        ],
        debugMetadataIndex: -1,
      },
    ],
    buffers: [
      { data: new Uint8Array(0) },
      { data: new Uint8Array(Int32Array.of(count).buffer) },
      { data: new Uint8Array(Int32Array.of(0).buffer) },
    ],
    metadata: [],
    metadataBuffer: [],
    signatureDefs: [],
  };
  return writeTflite(model);
}

/** The fixture with an operator of a version that nobody has. */
export function futureConvolution(): Uint8Array {
  const model = readTflite(fixtureBytes("conv-float32"));
  const operatorCodes = model.operatorCodes.map((code) =>
    code.builtinCode === "CONV_2D" ? { ...code, version: 99 } : code,
  );
  return writeTflite({ ...model, operatorCodes });
}
