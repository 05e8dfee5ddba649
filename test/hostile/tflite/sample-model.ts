// One small TFLite model with a bit of everything: quantised per channel, sparse, strings, elements of four bits,
// an optional input, a custom operator, a second graph, metadata, a signature.

import { makeOptions, type Operator, type TfliteModel, type TfliteTensor } from "@espalier/tflite";

const tensor = (name: string, more: Partial<TfliteTensor>): TfliteTensor => ({
  name,
  type: "FLOAT32",
  shape: [],
  shapeSignature: [],
  hasRank: true,
  buffer: 0,
  isVariable: false,
  quantization: null,
  sparsity: null,
  ...more,
});

const operator = (opcodeIndex: number, inputs: number[], outputs: number[], more: Partial<Operator>) => ({
  opcodeIndex,
  inputs,
  outputs,
  builtinOptions: null,
  customOptions: new Uint8Array(0),
  mutatingVariableInputs: [],
  intermediates: [],
  debugMetadataIndex: -1,
  ...more,
});

const quantized = (scale: number[], zeroPoint: number[], quantizedDimension = 0) => ({
  scale: Float32Array.from(scale),
  zeroPoint,
  min: new Float32Array(0),
  max: new Float32Array(0),
  quantizedDimension,
});

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

export function sampleModel(): TfliteModel {
  const code = { customCode: "", version: 2 } as const;
  return {
    version: 3,
    description: "a sample",
    operatorCodes: [
      { ...code, builtinCode: "CONV_2D" },
      { ...code, builtinCode: "DENSIFY" },
      { ...code, builtinCode: "CUSTOM", customCode: "Mine" },
      { ...code, builtinCode: "CALL_ONCE" },
    ],
    subgraphs: [
      {
        name: "main",
        tensors: [
          tensor("x", {
            type: "INT8",
            shape: [1, 4, 4, 3],
            shapeSignature: [-1, 4, 4, 3],
            quantization: quantized([0.5], [3]),
          }),
          tensor("weights", {
            type: "INT8",
            shape: [2, 1, 1, 3],
            buffer: 1,
            quantization: quantized([0.25, 0.125], [0, 0]),
          }),
          tensor("bias", { type: "INT32", shape: [2], buffer: 2 }),
          tensor("y", { type: "INT8", shape: [1, 4, 4, 2], quantization: quantized([1], [-1]) }),
          tensor("sparse", {
            shape: [4, 4],
            buffer: 3,
            sparsity: {
              traversalOrder: [0, 1, 2],
              blockMap: [1],
              dimMetadata: [
                { format: "DENSE", denseSize: 4, arraySegments: null, arrayIndices: null },
                {
                  format: "SPARSE_CSR",
                  denseSize: 0,
                  arraySegments: { type: "Uint8Vector", values: bytes(0, 1, 1, 2, 3) },
                  arrayIndices: { type: "Uint8Vector", values: bytes(1, 0, 1) },
                },
                { format: "DENSE", denseSize: 2, arraySegments: null, arrayIndices: null },
              ],
            },
          }),
          tensor("words", { type: "STRING", shape: [2], buffer: 4 }),
          tensor("nibbles", { type: "INT4", shape: [3], buffer: 6 }),
          tensor("dense", { shape: [4, 4] }),
          tensor("state", { shape: [7], isVariable: true }),
        ],
        inputs: [0],
        outputs: [3, 7],
        operators: [
          operator(0, [0, 1, 2], [3], {
            builtinOptions: makeOptions("Conv2DOptions", { padding: "VALID", strideW: 1, strideH: 1 }),
          }),
          operator(1, [4], [7], { builtinOptions: makeOptions("DensifyOptions") }),
          operator(2, [3, -1, 8], [8], {
            customOptions: bytes(1, 2, 3),
            mutatingVariableInputs: [false, false, true],
            intermediates: [6],
          }),
          operator(3, [], [], { builtinOptions: makeOptions("CallOnceOptions", { initSubgraphIndex: 1 }) }),
        ],
        debugMetadataIndex: -1,
      },
      { name: "init", tensors: [], inputs: [], outputs: [], operators: [], debugMetadataIndex: -1 },
    ],
    buffers: [
      { data: bytes() },
      { data: bytes(1, 2, 3, 4, 5, 6) },
      { data: bytes(1, 0, 0, 0, 2, 0, 0, 0) },
      { data: new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer) },
      { data: bytes(2, 0, 0, 0, 16, 0, 0, 0, 18, 0, 0, 0, 19, 0, 0, 0, 0x61, 0x62, 0x63) },
      { data: bytes(0x31, 0x2e, 0x35) },
      { data: bytes(0x21, 0x03) },
    ],
    metadata: [{ name: "min_runtime_version", buffer: 5 }],
    metadataBuffer: [5],
    signatureDefs: [
      {
        signatureKey: "serving_default",
        subgraphIndex: 0,
        inputs: [{ name: "image", tensorIndex: 0 }],
        outputs: [
          { name: "classes", tensorIndex: 3 },
          { name: "dense", tensorIndex: 7 },
        ],
        deprecatedTag: "",
      },
    ],
  };
}
