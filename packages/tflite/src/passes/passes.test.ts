import { describe, expect, it } from "vitest";
import { floatConstant, type GraphTensor, graphTensor, intConstant } from "../graph/graph-tensor.js";
import type { TfliteGraph } from "../graph/tflite-graph.js";
import { makeOptions } from "../make-options.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";
import type { BuiltinOptions } from "../schema/builtin-options.js";
import { cancelMoves } from "./cancel-moves.js";
import { foldScales } from "./fold-scales.js";
import { fuseActivations } from "./fuse-activations.js";
import { removeDead } from "./remove-dead.js";

/** A chain of operators on one value, each with further operands. */
function chain(
  x: GraphTensor,
  ...links: readonly [BuiltinOperator, readonly number[], GraphTensor[], BuiltinOptions?][]
): TfliteGraph {
  const graph: TfliteGraph = { inputs: [x], outputs: [], operators: [], erfs: new Map() };
  let value = x;
  for (const [i, [builtin, shape, more, options = null]] of links.entries()) {
    const output = graphTensor("FLOAT32", shape, null, `v${i}`);
    graph.operators.push({ builtin, inputs: [value, ...more], outputs: [output], options });
    value = output;
  }
  graph.outputs.push(value);
  return graph;
}

const builtins = ({ operators }: TfliteGraph): string[] => operators.map(({ builtin }) => builtin);
const elements = (graph: TfliteGraph, input: number): number[] => [
  ...(graph.operators[0]?.inputs[input]?.constant ?? []),
];
const x = (): GraphTensor => graphTensor("FLOAT32", [1, 2], null, "x");
const w = (): GraphTensor => floatConstant([2, 2], [1, 2, 3, 4]);
const dense = (): [BuiltinOperator, readonly number[], GraphTensor[], BuiltinOptions] => [
  "FULLY_CONNECTED",
  [1, 2],
  [w(), floatConstant([2], [1, -1])],
  makeOptions("FullyConnectedOptions"),
];

describe("folding factors and offsets", () => {
  it("turns (W·x + b)·s + t into (s·W)·x + (s·b + t)", () => {
    const graph = chain(
      x(),
      dense(),
      ["MUL", [1, 2], [floatConstant([2], [2, 10])]],
      ["ADD", [1, 2], [floatConstant([2], [5, 7])]],
    );
    foldScales(graph);
    expect(builtins(graph)).toEqual(["FULLY_CONNECTED"]);
    expect(elements(graph, 1)).toEqual([2, 4, 30, 40]);
    expect(elements(graph, 2)).toEqual([7, -3]);
    expect(graph.outputs[0]?.name).toBe("v2");
    expect(graph.outputs[0]).toBe(graph.operators[0]?.outputs[0]);
  });

  it("knows quotients and differences, one number for all", () => {
    const graph = chain(
      x(),
      dense(),
      ["DIV", [1, 2], [floatConstant([], [2])]],
      ["SUB", [1, 2], [floatConstant([2], [1, 2])]],
    );
    foldScales(graph);
    expect(builtins(graph)).toEqual(["FULLY_CONNECTED"]);
    expect(elements(graph, 1)).toEqual([0.5, 1, 1.5, 2]);
    expect(elements(graph, 2)).toEqual([-0.5, -2.5]);
  });

  it("stops at an activation, and at a computed operand", () => {
    const activated = chain(
      x(),
      [
        "FULLY_CONNECTED",
        [1, 2],
        [w(), floatConstant([2], [0, 0])],
        makeOptions("FullyConnectedOptions", { fusedActivation: "RELU" }),
      ],
      ["MUL", [1, 2], [floatConstant([2], [2, 10])]],
    );
    foldScales(activated);
    expect(builtins(activated)).toEqual(["FULLY_CONNECTED", "MUL"]);
    const computed = chain(x(), dense(), ["MUL", [1, 2], [graphTensor("FLOAT32", [1, 2])]]);
    foldScales(computed);
    expect(builtins(computed)).toEqual(["FULLY_CONNECTED", "MUL"]);
  });

  it("leaves a product alone that goes out itself", () => {
    const graph = chain(x(), dense(), ["MUL", [1, 2], [floatConstant([2], [2, 10])]]);
    graph.outputs.push(graph.operators[0]?.outputs[0] as GraphTensor);
    foldScales(graph);
    expect(builtins(graph)).toEqual(["FULLY_CONNECTED", "MUL"]);
    expect(elements(graph, 1)).toEqual([1, 2, 3, 4]);
  });
});

describe("fusing activations", () => {
  it("moves one into the options of the operator in front", () => {
    const graph = chain(x(), dense(), ["RELU6", [1, 2], []]);
    fuseActivations(graph);
    expect(builtins(graph)).toEqual(["FULLY_CONNECTED"]);
    expect(graph.operators[0]?.options).toMatchObject({ fusedActivation: "RELU6" });
  });

  it("takes one alone, and none behind an operator that has no such option", () => {
    const twice = chain(x(), dense(), ["RELU", [1, 2], []], ["RELU6", [1, 2], []]);
    fuseActivations(twice);
    expect(builtins(twice)).toEqual(["FULLY_CONNECTED", "RELU6"]);
    const behindTanh = chain(x(), ["TANH", [1, 2], []], ["RELU", [1, 2], []]);
    fuseActivations(behindTanh);
    expect(builtins(behindTanh)).toEqual(["TANH", "RELU"]);
  });
});

describe("cancelling moves", () => {
  const image = (): GraphTensor => graphTensor("FLOAT32", [1, 2, 3, 4], null, "x");
  const perm = (...axes: number[]): GraphTensor => intConstant([axes.length], axes);

  it("makes one transpose of two, and none of two that undo each other", () => {
    const one = chain(
      image(),
      ["TRANSPOSE", [1, 3, 4, 2], [perm(0, 2, 3, 1)]],
      ["TRANSPOSE", [1, 4, 2, 3], [perm(0, 2, 3, 1)]],
      ["RELU", [1, 4, 2, 3], []],
    );
    cancelMoves(one);
    removeDead(one);
    expect(builtins(one)).toEqual(["TRANSPOSE", "RELU"]);
    // NCHW → NHWC → N, C, then H and W: axis i of the result is axis perm[i] of x
    expect(elements(one, 1)).toEqual([0, 3, 1, 2]);
    const none = chain(
      image(),
      ["TRANSPOSE", [1, 3, 4, 2], [perm(0, 2, 3, 1)]],
      ["TRANSPOSE", [1, 2, 3, 4], [perm(0, 3, 1, 2)]],
      ["RELU", [1, 2, 3, 4], []],
    );
    cancelMoves(none);
    removeDead(none);
    expect(builtins(none)).toEqual(["RELU"]);
    expect(none.operators[0]?.inputs[0]).toBe(none.inputs[0]);
  });

  it("keeps what gives an output a tensor of its own", () => {
    const graph = chain(image(), ["RESHAPE", [1, 2, 3, 4], [perm(1, 2, 3, 4)]]);
    cancelMoves(graph);
    expect(builtins(graph)).toEqual(["RESHAPE"]);
  });
});
