import {
  DataType,
  floatTensor,
  GraphBuilder,
  inferFacts,
  intAttribute,
  intsAttribute,
  type Model,
  rawTensor,
  type Value,
} from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { defaultHandlers } from "../ops/all.js";
import { countMacs, countParameters } from "./macs.js";
import { measureSparsity } from "./sparsity.js";

const zeros = (...dims: number[]) => floatTensor(dims, new Float32Array(dims.reduce((a, b) => a * b, 1)));

function macs(build: (net: GraphBuilder) => Value, bindings: Record<string, number> = {}): number | null {
  const net = new GraphBuilder();
  net.output(build(net), "y");
  const model = net.model();
  return countMacs(model, inferFacts(model, { bindings }), defaultHandlers()).total;
}

describe("countMacs", () => {
  it("of a 3 × 3 convolution, 3 → 8 channels at 4 × 4, are 4·4 · 8 · 3·3·3 = 3456", () => {
    expect(
      macs((net) =>
        net.op("Conv", [net.input("x", [1, 3, 4, 4]), net.weight("w", zeros(8, 3, 3, 3))], {
          attributes: { pads: intsAttribute([1, 1, 1, 1]) },
        }),
      ),
    ).toBe(3456);
  });

  it("follow stride, batch and groups: 2 · 2·2 · 8 · 3·3 = 576 for one input channel a group", () => {
    expect(
      macs((net) =>
        net.op("Conv", [net.input("x", [2, 8, 4, 4]), net.weight("w", zeros(8, 1, 3, 3))], {
          attributes: {
            pads: intsAttribute([1, 1, 1, 1]),
            strides: intsAttribute([2, 2]),
            group: intAttribute(8),
          },
        }),
      ),
    ).toBe(576);
  });

  it("of a transposed convolution count each input position: 4·4 · 6 · 5 · 2·2 = 1920", () => {
    expect(
      macs((net) =>
        net.op("ConvTranspose", [net.input("x", [1, 6, 4, 4]), net.weight("w", zeros(6, 5, 2, 2))], {
          attributes: { strides: intsAttribute([2, 2]) },
        }),
      ),
    ).toBe(1920);
  });

  it("of Gemm are rows · inner · columns, transposed or not: 2 · 5 · 7 = 70", () => {
    expect(macs((net) => net.op("Gemm", [net.input("x", [2, 5]), net.weight("w", zeros(5, 7))]))).toBe(70);
    expect(
      macs((net) =>
        net.op("Gemm", [net.input("x", [5, 2]), net.weight("w", zeros(7, 5)), net.weight("b", zeros(7))], {
          attributes: { transA: intAttribute(1), transB: intAttribute(1) },
        }),
      ),
    ).toBe(70);
  });

  it("of MatMul count broadcast batches: 2 · 3 heads · 4 · 5 · 6 = 720", () => {
    expect(
      macs((net) => net.op("MatMul", [net.input("x", [2, 1, 4, 5]), net.weight("w", zeros(3, 5, 6))])),
    ).toBe(720);
    expect(macs((net) => net.op("MatMul", [net.input("x", [4, 5]), net.weight("v", zeros(5))]))).toBe(20);
  });

  it("are not known while a dimension is symbolic", () => {
    const build = (net: GraphBuilder) =>
      net.op("MatMul", [net.input("x", ["N", 5]), net.weight("w", zeros(5, 6))]);
    expect(macs(build)).toBeNull();
    expect(macs(build, { N: 3 })).toBe(90);
  });

  it("of element-wise work are none", () => {
    expect(macs((net) => net.op("Add", [net.input("x", [4]), net.weight("b", zeros(4))]))).toBe(0);
  });
});

/** A model with a matrix of 2 zeros in 6, a bias of one zero in 2, and integers that are no parameters. */
function weighted(): Model {
  const net = new GraphBuilder();
  const w = net.weight("w", floatTensor([2, 3], [1, 0, -0, 4, 5, 6]));
  const y = net.op("Gemm", [net.input("x", [1, 2]), w, net.op("Constant", [], { attributes: {} })]);
  net.output(net.op("Reshape", [y, net.ints("shape", [3, 1])]), "y");
  const [constant] = [...net.graph.nodes].filter((node) => node.opType === "Constant");
  constant?.attributes.set("value", { value: { kind: "tensor", value: floatTensor([3], [7, 0, 9]) } });
  return net.model();
}

describe("countParameters", () => {
  it("counts initialisers and Constant nodes that hold floats", () => {
    const model = weighted();
    expect(countParameters(model, inferFacts(model))).toBe(9);
  });
});

describe("measureSparsity", () => {
  it("counts zeros of either sign among all weights, and matrices as prunable", () => {
    const model = weighted();
    expect(measureSparsity(model, inferFacts(model))).toEqual({ zeros: 3, prunable: 6, all: 9 });
  });

  it("counts zeros of 8-bit floats too", () => {
    const net = new GraphBuilder();
    const w = net.weight("w", rawTensor(DataType.FLOAT8E4M3FN, [2, 2], Uint8Array.of(0, 0x80, 0x38, 1)));
    net.output(net.op("Cast", [w], { attributes: { to: intAttribute(DataType.FLOAT) } }), "y");
    const model = net.model(19, 9);
    expect(measureSparsity(model, inferFacts(model))).toEqual({ zeros: 2, prunable: 4, all: 4 });
  });
});
