// What an export with `sparse: "densify"` writes, and when it refuses.

import { floatTensor, GraphBuilder, intAttribute, intsAttribute, type Model, type Value } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { type ExportTfliteOptions, exportTflite } from "../export/export-tflite.js";
import { floatConstant, graphTensor } from "../graph/graph-tensor.js";
import { makeOptions } from "../make-options.js";
import { readTflite } from "../read-tflite.js";
import { compressRows } from "./compress-rows.js";
import { requireDensified } from "./densify.js";

interface Given {
  readonly size?: number;
  /** Share of the 1x1 weights that are zero. */
  readonly zeros?: number;
  readonly pads?: readonly number[];
  readonly pool?: string;
  /** Between the 1x1 convolutions, and behind. */
  readonly channels?: readonly [number, number];
  /** Share of the last 1x1 weights that are zero. */
  readonly last?: number;
}

/** 3x3 stride 2 → depthwise stride 2 → 1x1 → 1x1 → mean. */
function network({
  size = 16,
  zeros = 0.75,
  pads = [1, 1, 1, 1],
  pool = "GlobalAveragePool",
  channels: [inner, outer] = [8, 8],
  last = zeros,
}: Given = {}): Model {
  const b = new GraphBuilder();
  const weight = (name: string, dims: readonly number[], share = 0): Value => {
    const count = dims.reduce((a, c) => a * c, 1);
    return b.weight(
      name,
      floatTensor(
        dims,
        Float32Array.from({ length: count }, (_, i) => (i % 8 < 8 * share ? 0 : i + 1)),
      ),
    );
  };
  const conv = (
    x: Value,
    w: Value,
    name: string,
    stride: number,
    padding: readonly number[],
    group = 1,
  ): Value =>
    b.op("Conv", [x, w], {
      name,
      attributes: {
        strides: intsAttribute([stride, stride]),
        pads: intsAttribute(padding),
        group: intAttribute(group),
      },
    });
  let x = b.input("x", [1, 3, size, size]);
  x = b.op("Relu", [conv(x, weight("start.w", [8, 3, 3, 3]), "start", 2, pads)]);
  x = conv(x, weight("depthwise.w", [8, 1, 3, 3]), "depthwise", 2, pads, 8);
  x = conv(x, weight("first.w", [inner, 8, 1, 1], zeros), "first", 1, [0, 0, 0, 0]);
  x = conv(x, weight("second.w", [outer, inner, 1, 1], last), "second", 1, [0, 0, 0, 0]);
  b.output(
    b.op(pool, [x], pool === "MaxPool" ? { attributes: { kernel_shape: intsAttribute([2, 2]) } } : {}),
  );
  return b.model(17);
}

/** Operators of the file, with the padding of windows. */
function operatorsOf(model: Model, options: ExportTfliteOptions = { sparse: "densify" }): string[] {
  const { bytes, refused } = exportTflite(model, options);
  expect(refused).toEqual([]);
  const { operatorCodes, subgraphs } = readTflite(bytes as Uint8Array);
  return (subgraphs[0]?.operators ?? []).map(({ opcodeIndex, builtinOptions }) => {
    const name = operatorCodes[opcodeIndex]?.builtinCode;
    return builtinOptions && "padding" in builtinOptions ? `${name} ${builtinOptions.padding}` : `${name}`;
  });
}

describe("an export with sparse weights", () => {
  it("has a DENSIFY in front of each 1x1 convolution, and sparse tensors nowhere else", () => {
    const { bytes, sparse } = exportTflite(network(), { sparse: "densify" });
    const { operatorCodes, subgraphs } = readTflite(bytes as Uint8Array);
    const { operators = [], tensors = [] } = subgraphs[0] ?? {};
    const densify = operators.filter(
      ({ opcodeIndex }) => operatorCodes[opcodeIndex]?.builtinCode === "DENSIFY",
    );
    expect(densify).toHaveLength(2);
    const read = densify.flatMap(({ inputs }) => inputs);
    expect(tensors.flatMap(({ sparsity }, i) => (sparsity === null ? [] : [i]))).toEqual(read);
    // 16 of 64 are stored: 4 bytes and 1 for the index each, 9 segments of 1.
    expect(sparse).toEqual({
      weights: 128,
      zeros: 96,
      stored: 2,
      denseBytes: 512,
      sparseBytes: 2 * (80 + 9),
    });
  });

  it.each([16, 17])("pads explicitly what has stride 2, at an image size of %i", (size) => {
    expect(operatorsOf(network({ size }))).toEqual([
      ...["DENSIFY", "DENSIFY", "PAD", "CONV_2D VALID", "PAD", "DEPTHWISE_CONV_2D VALID"],
      ...["CONV_2D VALID", "CONV_2D VALID", "MEAN"],
    ]);
  });

  it("leaves padding and weights alone where it is not asked for", () => {
    expect(operatorsOf(network({ size: 17 }), {})).toEqual([
      ...["CONV_2D SAME", "DEPTHWISE_CONV_2D SAME", "CONV_2D VALID", "CONV_2D VALID", "MEAN"],
    ]);
    expect(exportTflite(network()).sparse).toBeNull();
  });

  it("keeps a weight dense that is smaller so: runtimes look at the zeros, not at how they are stored", () => {
    const model = network({ zeros: 7 / 8, last: 1 / 8, channels: [64, 1] });
    const { sparse } = exportTflite(model, { sparse: "densify" });
    // 64 of 512 and 56 of 64 are not zero: 64 · 5 + 65 bytes, and 64 · 4 instead of 56 · 5 + 2.
    expect(sparse).toEqual({
      ...{ weights: 576, zeros: 456, stored: 1, denseBytes: 2304, sparseBytes: 385 + 256 },
    });
  });

  it("is refused with all reasons where a condition fails", () => {
    const { bytes, refused } = exportTflite(network({ zeros: 0.5, pads: [0, 0, 1, 1], pool: "MaxPool" }), {
      sparse: "densify",
    });
    expect(bytes).toBeNull();
    expect(refused.map(({ code, opType }) => `${code} ${opType}`.trim())).toEqual([
      "SPARSE_START_PADDING CONV_2D",
      "SPARSE_DEPTHWISE_PADDING DEPTHWISE_CONV_2D",
      "SPARSE_NO_END CONV_2D",
      "SPARSE_TOO_FEW_ZEROS",
    ]);
    for (const { reason, unblock } of refused) expect([reason, unblock]).not.toContain("");
  });

  it.each(["float16", "dynamic-int8"] as const)("is refused with precision %s", (precision) => {
    const { bytes, refused } = exportTflite(network(), { sparse: "densify", precision });
    expect(bytes).toBeNull();
    expect(refused.map(({ code }) => code)).toContain("SPARSE_PRECISION");
  });
});

describe("a graph", () => {
  const sparse = compressRows(floatConstant([2, 1, 1, 3], [0, 5, 0, 7, 0, 9]));
  const x = graphTensor("FLOAT32", [1, 4, 4, 3]);
  const y = graphTensor("FLOAT32", [1, 4, 4, 2]);

  it("in which a convolution reads a sparse tensor is never written", () => {
    const conv = {
      builtin: "CONV_2D" as const,
      inputs: [x, sparse],
      outputs: [y],
      options: makeOptions("Conv2DOptions"),
    };
    expect(() => requireDensified({ erfs: new Map(), inputs: [x], outputs: [y], operators: [conv] })).toThrow(
      /CONV_2D reads the sparse tensor/,
    );
    const wide = graphTensor("FLOAT32", sparse.shape);
    const densify = { builtin: "DENSIFY" as const, inputs: [sparse], outputs: [wide], options: null };
    requireDensified({
      erfs: new Map(),
      inputs: [x],
      outputs: [y],
      operators: [densify, { ...conv, inputs: [x, wide] }],
    });
  });
});
