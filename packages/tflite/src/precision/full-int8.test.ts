import type { ValueRange } from "@espalier/core";
import { describe, expect, it } from "vitest";
import { floatConstant, type GraphTensor, graphTensor } from "../graph/graph-tensor.js";
import { operatorVersion } from "../graph/operator-version.js";
import type { GraphOperator, TfliteGraph } from "../graph/tflite-graph.js";
import { makeOptions } from "../make-options.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";
import { quantiseGraph } from "./full-int8.js";

const ranges = new Map<GraphTensor, ValueRange>();

function tensor(name: string, min: number, max: number, shape: readonly number[] = [1, 2]): GraphTensor {
  const made = graphTensor("FLOAT32", shape, null, name);
  ranges.set(made, { min, max });
  return made;
}

function operator(
  builtin: BuiltinOperator,
  inputs: readonly (GraphTensor | null)[],
  output: GraphTensor,
): GraphOperator {
  return { builtin, inputs: [...inputs], outputs: [output], options: null };
}

function graphOf(inputs: GraphTensor[], operators: GraphOperator[], outputs: GraphTensor[]): TfliteGraph {
  return { inputs, operators, outputs, erfs: new Map() };
}

const builtins = ({ operators }: TfliteGraph): string[] => operators.map(({ builtin }) => builtin);

/** Scale and zero point of what the n-th operator of a kind writes. */
function written({ operators }: TfliteGraph, builtin: BuiltinOperator, n = 0): readonly unknown[] {
  const quantization = operators.filter((one) => one.builtin === builtin)[n]?.outputs[0]?.quantization;
  return [quantization?.scale[0], quantization?.zeroPoint[0]];
}

describe("a graph in full int8", () => {
  it("has QUANTIZE at its inputs and DEQUANTIZE at its outputs, once each", () => {
    const [x, a, y] = [tensor("x", -1, 1.55), tensor("a", 0, 2.55), tensor("y", 0, 5.1)];
    const graph = graphOf([x], [operator("RELU", [x], a), operator("ADD", [a, x], y)], [y, a]);
    expect(quantiseGraph(graph, ranges)).toEqual({ int8: 2, float: 0 });
    expect(builtins(graph)).toEqual(["QUANTIZE", "RELU", "DEQUANTIZE", "ADD", "DEQUANTIZE"]);
    expect([graph.inputs[0], ...graph.outputs].map((one) => one?.type)).toEqual([
      "FLOAT32",
      "FLOAT32",
      "FLOAT32",
    ]);
    expect(written(graph, "QUANTIZE")).toEqual([Math.fround(0.01), -28]);
    expect(written(graph, "RELU")).toEqual([Math.fround(0.01), -128]);
    expect(written(graph, "ADD")).toEqual([Math.fround(0.02), -128]);
    expect(graph.operators.map(operatorVersion)).toEqual([1, 2, 2, 2, 2]);
  });

  it("has weights in int8 by output and biases in the unit of the products", () => {
    const [x, y] = [tensor("x", 0, 2.55, [1, 1, 1, 2]), tensor("y", -1, 1.55, [1, 1, 1, 2])];
    const w = floatConstant([2, 1, 1, 2], [1.27, -0.635, 2.54, 0]);
    const b = floatConstant([2], [0.5, -1]);
    const graph = graphOf([x], [operator("CONV_2D", [x, w, b], y)], [y]);
    quantiseGraph(graph, ranges);
    const [, weight, bias] = graph.operators[1]?.inputs ?? [];
    expect(weight).toMatchObject({
      type: "INT8",
      quantization: { quantizedDimension: 0, zeroPoint: [0, 0] },
    });
    expect([...(weight?.constant ?? [])]).toEqual([127, -64, 127, 0]);
    expect([...(weight?.quantization?.scale ?? [])]).toEqual([0.01, 0.02].map(Math.fround));
    expect(bias?.type).toBe("INT32");
    expect([...(bias?.constant ?? [])]).toEqual([5000, -5000]);
    expect(bias?.quantization?.scale[0]).toBeCloseTo(1e-4, 9);
    expect(operatorVersion(graph.operators[1] as GraphOperator)).toBe(3);
  });

  it("gives tensors that an operator only moves one scale, that of all their values", () => {
    const [x, z, a, y] = [
      tensor("x", 0, 1),
      tensor("z", -1.55, 0),
      tensor("a", -1.55, 1, [1, 4]),
      tensor("y", -1.55, 1, [4]),
    ];
    const graph = graphOf([x, z], [operator("CONCATENATION", [x, z], a), operator("RESHAPE", [a], y)], [y]);
    quantiseGraph(graph, ranges);
    expect(written(graph, "QUANTIZE", 0)).toEqual([Math.fround(0.01), 27]);
    expect(written(graph, "QUANTIZE", 1)).toEqual([Math.fround(0.01), 27]);
    expect(written(graph, "RESHAPE")).toEqual([Math.fround(0.01), 27]);
  });

  it("writes what a kernel fixes, and changes the scale behind it where its readers need another", () => {
    const [x, p, z, y] = [
      tensor("x", -4, 4),
      tensor("p", 0, 0.9),
      tensor("z", 0, 2.55),
      tensor("y", 0, 2.55, [1, 4]),
    ];
    const alone = graphOf([x], [operator("LOGISTIC", [x], p)], [p]);
    quantiseGraph(alone, ranges);
    expect(builtins(alone)).toEqual(["QUANTIZE", "LOGISTIC", "DEQUANTIZE"]);
    expect(written(alone, "LOGISTIC")).toEqual([1 / 256, -128]);
    const joined = graphOf([x, z], [operator("LOGISTIC", [x], p), operator("CONCATENATION", [p, z], y)], [y]);
    quantiseGraph(joined, ranges);
    expect(builtins(joined)).toEqual([
      "QUANTIZE",
      "LOGISTIC",
      "QUANTIZE",
      "QUANTIZE",
      "CONCATENATION",
      "DEQUANTIZE",
    ]);
    expect(written(joined, "LOGISTIC")).toEqual([1 / 256, -128]);
    expect(written(joined, "QUANTIZE", 1)).toEqual([Math.fround(0.01), -128]);
    expect(operatorVersion(joined.operators[2] as GraphOperator)).toBe(2);
  });

  it("keeps the fixed scale where all who share it fit into it", () => {
    const [x, p, y] = [tensor("x", -4, 4), tensor("p", 0, 0.9), tensor("y", 0, 0.9, [2, 1])];
    const graph = graphOf([x], [operator("SOFTMAX", [x], p), operator("RESHAPE", [p], y)], [y]);
    quantiseGraph(graph, ranges);
    expect(builtins(graph)).toEqual(["QUANTIZE", "SOFTMAX", "RESHAPE", "DEQUANTIZE"]);
    expect(written(graph, "RESHAPE")).toEqual([1 / 256, -128]);
  });

  it("cuts constants that would widen a scale, such as a padding of -∞", () => {
    const [x, y] = [tensor("x", 0, 2.55), tensor("y", 0, 2.55, [1, 4])];
    const lowest = floatConstant([], [-3.4028234663852886e38]);
    const graph = graphOf([x], [operator("PADV2", [x, null, lowest], y)], [y]);
    quantiseGraph(graph, ranges);
    expect(written(graph, "PADV2")).toEqual([Math.fround(0.01), -128]);
    expect([...(graph.operators[1]?.inputs[2]?.constant ?? [])]).toEqual([-128]);
  });

  it("leaves operators without int8 kernels in float, between DEQUANTIZE and QUANTIZE", () => {
    const [x, a, b, y] = [tensor("x", 0, 1), tensor("a", 0, 2), tensor("b", 1, 8), tensor("y", 2, 16)];
    const graph = graphOf(
      [x],
      [operator("ADD", [x, x], a), operator("EXP", [a], b), operator("ADD", [b, b], y)],
      [y],
    );
    expect(quantiseGraph(graph, ranges)).toEqual({ int8: 2, float: 1 });
    expect(builtins(graph)).toEqual([
      "QUANTIZE",
      "ADD",
      "DEQUANTIZE",
      "EXP",
      "QUANTIZE",
      "ADD",
      "DEQUANTIZE",
    ]);
  });

  it("leaves products in float whose weights are computed or in groups", () => {
    const [x, w, y] = [
      tensor("x", 0, 1, [1, 1, 1, 4]),
      tensor("w", 0, 1, [2, 1, 1, 4]),
      tensor("y", 0, 1, [1, 1, 1, 2]),
    ];
    const bias = floatConstant([2], [0, 0]);
    const computed = graphOf([x, w], [operator("CONV_2D", [x, w, bias], y)], [y]);
    expect(quantiseGraph(computed, ranges)).toEqual({ int8: 0, float: 1 });
    const grouped = floatConstant([2, 1, 1, 2], [1, 2, 3, 4]);
    const groups = graphOf([x], [operator("CONV_2D", [x, grouped, bias], y)], [y]);
    groups.operators[0] = {
      ...(groups.operators[0] as GraphOperator),
      options: makeOptions("Conv2DOptions"),
    };
    expect(quantiseGraph(groups, ranges)).toEqual({ int8: 0, float: 1 });
    expect(builtins(groups)).toEqual(["CONV_2D"]);
  });
});
