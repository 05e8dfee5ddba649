import {
  boolTensor,
  DataType,
  floatTensor,
  GraphBuilder,
  inferFacts,
  intAttribute,
  intsAttribute,
  rawTensor,
  type Value,
} from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { defaultGradients } from "../gradients/all.js";
import { findParameters, requireParameters } from "./parameters.js";

/** What is found in a graph of x [2, 3], 3 × 3 scores and whatever `build` adds. */
function found(build: (net: GraphBuilder, scores: Value, x: Value) => void) {
  const net = new GraphBuilder();
  const x = net.input("x", [2, 3]);
  build(net, net.op("MatMul", [net.input("q", [3, 2]), x]), x);
  const { weights, others } = findParameters(net.graph, inferFacts(net.model()), defaultGradients());
  return { names: weights.map(({ name }) => name), others };
}

const vector = (net: GraphBuilder, name: string, values: readonly number[]): Value =>
  net.weight(name, floatTensor([values.length], values));

describe("the parameters of a network", () => {
  it("are weights and biases where they are stored, behind what only arranges them", () => {
    const { names } = found((net, _, x) => {
      const w = net.weight("w", floatTensor([1, 4, 3], new Array(12).fill(0.5)));
      const kept = net.op("Slice", [w, net.ints("from", [1]), net.ints("to", [4]), net.ints("axis", [1])]);
      const turned = net.op("Transpose", [net.op("Squeeze", [kept, net.ints("first", [0])])], {
        attributes: { perm: intsAttribute([1, 0]) },
      });
      const [left, right] = [vector(net, "b.left", [1, 2]), vector(net, "b.right", [3])];
      const joined = net.op("Concat", [net.op("Identity", [left]), right], {
        attributes: { axis: intAttribute(0) },
      });
      const wide = net.op("Expand", [joined, net.ints("sizes", [2, 3])]);
      net.op("Add", [net.op("MatMul", [x, turned]), wide]);
    });
    expect(names).toEqual(["w", "b.left", "b.right"]);
  });

  it.each([
    ["−∞", [0, Number.NEGATIVE_INFINITY, 0]],
    ["−10⁹", [0, -1e9, 0.5]],
    ["the −100 of shifted windows", [0, -100, -100]],
  ])("are no masks that are added to scores: %s", (_, row) => {
    const { names } = found((net, scores) => {
      const mask = net.weight("mask", floatTensor([1, 3], row));
      net.op("Add", [scores, mask]);
      net.op("Add", [scores, net.op("Expand", [mask, net.ints("sizes", [3, 3])])]);
      net.op("Add", [scores, vector(net, "bias", [-90, 0, 3])]);
    });
    expect(names).toEqual(["bias"]);
  });

  it("are no constants of a formula", () => {
    const { names } = found((net, scores) => {
      const allowed = net.weight("allowed", boolTensor([1, 3], [true, false, true]));
      const [zero, hidden] = [vector(net, "zero", [0]), vector(net, "hidden", [-1e9])];
      net.op("Add", [scores, net.op("Where", [allowed, zero, hidden])]);
      const counted = net.op("Cast", [net.input("places", [3], DataType.INT64)], {
        attributes: { to: intAttribute(DataType.FLOAT) },
      });
      for (const positions of [vector(net, "positions", [0, 1, 2]), counted])
        net.op("Add", [
          scores,
          net.op("Sin", [net.op("Mul", [positions, vector(net, "frequencies", [1, 0.1, 0.01])])]),
        ]);
    });
    expect(names).toEqual([]);
  });

  it("are what a filter or a matrix is computed from, and the scale of what is computed from data", () => {
    const { names } = found((net, scores, x) => {
      const direction = net.weight("direction", floatTensor([3, 3], new Array(9).fill(1)));
      const length = net.op("ReduceL2", [direction], { attributes: { axes: intsAttribute([1]) } });
      const normed = net.op("Mul", [net.op("Div", [direction, length]), vector(net, "gain", [1, 2, 3])]);
      net.op("MatMul", [x, normed]);
      net.op("Mul", [scores, vector(net, "scale", [1, 1, 1])]);
      const table = net.weight("table", floatTensor([5, 3], new Array(15).fill(1)));
      const embedded = net.op("Gather", [table, net.input("words", [2], DataType.INT64)]);
      net.op("Mul", [embedded, vector(net, "norm", [1, 1, 1])]);
    });
    expect(names).toEqual(["direction", "gain", "scale", "table", "norm"]);
  });

  it("are found behind chains of any length, once for each way at most", () => {
    const { names } = found((net, scores) => {
      let long = vector(net, "long", [1, 2, 3]);
      for (let i = 0; i < 12_000; i++) long = net.op("Identity", [long]);
      net.op("Add", [scores, long]);
      let wide = vector(net, "wide", [4]);
      // 2^40 ways to the one that is stored.
      for (let i = 0; i < 40; i++) {
        const both = net.op("Concat", [wide, wide], { attributes: { axis: intAttribute(0) } });
        wide = net.op("Slice", [both, net.ints("from", [0]), net.ints("to", [1])]);
      }
      net.op("Add", [scores, net.op("Expand", [wide, net.ints("sizes", [3])])]);
      let summed = net.weight("summed", floatTensor([3, 3], new Array(9).fill(1)));
      for (let i = 0; i < 500; i++) summed = net.op("Add", [summed, summed]);
      net.op("MatMul", [scores, summed]);
    });
    expect(names).toEqual(["long", "wide", "summed"]);
  });

  it("of another type are named where nothing else is left", () => {
    const { names, others } = found((net, _, x) => {
      const half = net.weight("half", rawTensor(DataType.FLOAT16, [3, 2], new Uint8Array(12)));
      net.op("MatMul", [x, net.op("Cast", [half], { attributes: { to: intAttribute(DataType.FLOAT) } })]);
    });
    expect([names, others]).toEqual([[], ["half (float16)"]]);
    expect(() => requireParameters(names, { others })).toThrow(
      /NOTHING_TO_TRAIN.*of another type half \(float16\)/,
    );
  });
});
