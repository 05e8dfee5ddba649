import { floatTensor, GraphBuilder, inferFacts, intAttribute, intsAttribute, type Value } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { defaultHandlers } from "../ops/all.js";
import { TWO_OF_FOUR } from "./pattern.js";
import { type PatternLayers, patternLayers } from "./pattern-layers.js";

const ones = (...dims: number[]) =>
  floatTensor(dims, new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(1));

function layersOf(build: (net: GraphBuilder) => Value): PatternLayers {
  const net = new GraphBuilder();
  net.output(build(net), "y");
  const model = net.model();
  return patternLayers(model, inferFacts(model), defaultHandlers(), TWO_OF_FOUR);
}

/** Axis of the only weight. */
const axisOf = (build: (net: GraphBuilder) => Value) => layersOf(build).layers.map(({ axis }) => axis);

describe("the axis that the hardware sums along", () => {
  it("is that of the input channels for a convolution", () => {
    expect(
      axisOf((net) => net.op("Conv", [net.input("x", [1, 8, 5, 5]), net.weight("w", ones(3, 8, 3, 3))])),
    ).toEqual([1]);
  });

  it("is that of the channels of one group for a grouped one", () => {
    const grouped = (perGroup: number) => (net: GraphBuilder) =>
      net.op("Conv", [net.input("x", [1, 8, 5, 5]), net.weight("w", ones(8, perGroup, 1, 1))], {
        attributes: { group: intAttribute(8 / perGroup) },
      });
    expect(axisOf(grouped(4))).toEqual([1]);
    expect(layersOf(grouped(1))).toMatchObject({ layers: [], dense: [{ code: "PATTERN_MISFIT" }] });
  });

  it("is the reduction of Gemm, transposed or not, on either side", () => {
    const right = (transB: number) => (net: GraphBuilder) =>
      net.op("Gemm", [net.input("x", [2, 4]), net.weight("w", transB ? ones(8, 4) : ones(4, 8))], {
        attributes: { transB: intAttribute(transB) },
      });
    const left = (transA: number) => (net: GraphBuilder) =>
      net.op("Gemm", [net.weight("w", transA ? ones(4, 8) : ones(8, 4)), net.input("x", [4, 2])], {
        attributes: { transA: intAttribute(transA) },
      });
    expect([right(0), right(1), left(0), left(1)].map(axisOf)).toEqual([[0], [1], [1], [0]]);
  });

  it("is the reduction of MatMul, the weight on the right or on the left", () => {
    expect(
      axisOf((net) => net.op("MatMul", [net.input("x", [3, 2, 4]), net.weight("w", ones(4, 6))])),
    ).toEqual([0]);
    expect(
      axisOf((net) => net.op("MatMul", [net.weight("w", ones(6, 4)), net.input("x", [3, 4, 2])])),
    ).toEqual([1]);
    expect(
      axisOf((net) => net.op("MatMul", [net.weight("w", ones(3, 6, 4)), net.input("x", [3, 4, 2])])),
    ).toEqual([2]);
  });
});

describe("layers that stay dense", () => {
  it("are those whose axis ends within a block, with their size", () => {
    const { layers, dense } = layersOf((net) =>
      net.op("Conv", [net.input("x", [1, 6, 5, 5]), net.weight("w", ones(4, 6, 3, 3))]),
    );
    expect(layers).toEqual([]);
    expect(dense).toMatchObject([
      { name: "w", code: "PATTERN_MISFIT", detail: "6 weights along axis 1 of [4, 6, 3, 3]" },
    ]);
  });

  it("are weights that two layers read along different axes; along the same one both are sparse", () => {
    const twice = (transB: number) => (net: GraphBuilder) => {
      const w = net.weight("w", ones(4, 4));
      const hidden = net.op("MatMul", [net.input("x", [2, 4]), w]);
      return net.op("Gemm", [hidden, w], { attributes: { transB: intAttribute(transB) } });
    };
    expect(layersOf(twice(1))).toMatchObject({ layers: [], dense: [{ code: "PATTERN_AXES" }] });
    expect(layersOf(twice(0)).layers[0]?.nodes).toHaveLength(2);
  });

  it("are not products of two computed operands, nor what no product reads", () => {
    const none = layersOf((net) => {
      const x = net.input("x", [4, 4]);
      return net.op("Add", [net.op("MatMul", [x, x]), net.weight("b", ones(4))]);
    });
    expect(none).toEqual({ layers: [], dense: [] });
  });

  it("are those that read a transposed copy of what is stored", () => {
    const { layers, dense } = layersOf((net) => {
      const turned = net.op("Transpose", [net.weight("w", ones(8, 4))], {
        attributes: { perm: intsAttribute([1, 0]) },
      });
      return net.op("MatMul", [net.input("x", [2, 4]), turned]);
    });
    expect(layers).toEqual([]);
    expect(dense.map(({ code }) => code)).toEqual(["PATTERN_OPERAND"]);
  });
});
