// Models of older opsets and what raiseOpset makes of them compute the same on ONNX Runtime.

import { compareOutput, defaultHandlers, randomInputs, type Session } from "@espalier/core";
import {
  type Attribute,
  concatChunks,
  DataType,
  floatAttribute,
  floatsAttribute,
  floatTensor,
  Graph,
  GraphBuilder,
  inferFacts,
  int64Tensor,
  intAttribute,
  intsAttribute,
  type Model,
  raiseOpset,
  rawTensor,
  readModel,
  resolveBindings,
  type Value,
  writeModel,
} from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";
import { DIMS, dataFolder, modelNames, readModelBytes } from "../data-folder.js";

/** Its operators need a library of their own. */
const NOT_RUNNABLE = new Set(["superres_pytorch_prepost_op18"]);

describe.skipIf(dataFolder === null)("a real model raised to opset 17", () => {
  const old = modelNames.filter((name) => !NOT_RUNNABLE.has(name));
  it.each(old)("%s computes the same", async (name) => {
    await same(readModel(readModelBytes(name)), DIMS[name] ?? {});
  });
});

describe("a node of an older opset", () => {
  const x = (net: GraphBuilder, ...dims: number[]): Value => net.input("x", dims);
  const floats = (net: GraphBuilder, ...values: number[]): Value =>
    net.weight("w", floatTensor([values.length], values));
  type Build = (net: GraphBuilder) => Value | readonly Value[];
  const one = (
    opType: string,
    dims: readonly number[],
    attributes: Readonly<Record<string, Attribute>>,
    more: (net: GraphBuilder) => readonly Value[] = () => [],
  ): Build => {
    return (net) => net.op(opType, [x(net, ...dims), ...more(net)], { attributes });
  };
  const cases: readonly (readonly [string, number, Build])[] = [
    ["Squeeze", 11, one("Squeeze", [2, 1, 3, 1], { axes: intsAttribute([-1, 1]) })],
    ["Squeeze of all", 7, one("Squeeze", [2, 1, 3, 1], {})],
    ["Unsqueeze", 9, one("Unsqueeze", [2, 3], { axes: intsAttribute([0, 3]) })],
    ["ReduceSum", 11, one("ReduceSum", [2, 3, 4], { axes: intsAttribute([-1]), keepdims: intAttribute(0) })],
    ["ReduceSum of all", 7, one("ReduceSum", [2, 3], {})],
    ["ReduceMean", 9, one("ReduceMean", [2, 3, 4], { axes: intsAttribute([1]) })],
    ["Slice", 9, one("Slice", [4, 5], { starts: intsAttribute([1, -3]), ends: intsAttribute([3, 9]) })],
    ["Pad", 7, one("Pad", [2, 3], { pads: intsAttribute([1, 0, 0, 2]), value: floatAttribute(0.5) })],
    ["Clip", 6, one("Clip", [3, 4], { min: floatAttribute(-0.5) })],
    ["Clip on both sides", 7, one("Clip", [3, 4], { min: floatAttribute(-0.5), max: floatAttribute(0.25) })],
    ["Dropout", 7, one("Dropout", [3, 4], { ratio: floatAttribute(0.4) })],
    ["Softmax", 11, one("Softmax", [2, 3, 4], { axis: intAttribute(1) })],
    ["Softmax along the last axis", 11, one("Softmax", [2, 3, 4], { axis: intAttribute(-1) })],
    ["Softmax by default", 9, one("Softmax", [2, 3, 4], {})],
    ["LogSoftmax of everything", 7, one("LogSoftmax", [2, 3], { axis: intAttribute(0) })],
    ["Hardmax", 11, one("Hardmax", [2, 3, 4], { axis: intAttribute(1) })],
    [
      "Scatter",
      9,
      one("Scatter", [3, 2], { axis: intAttribute(0) }, (net) => [
        net.weight("at", int64Tensor([1, 2], [2, 0])),
        net.weight("by", floatTensor([1, 2], [7, 8])),
      ]),
    ],
    [
      "Split",
      11,
      (net) =>
        net.ops("Split", [x(net, 2, 6)], {
          outputs: 2,
          attributes: { axis: intAttribute(1), split: intsAttribute([2, 4]) },
        }),
    ],
    [
      "BatchNormalization",
      8,
      (net) => {
        const operands = [0.5, 0.1, -0.2, 0.7].map((value) => floats(net, value, value + 0.1));
        return net.op("BatchNormalization", [x(net, 2, 2, 3), ...operands], {
          attributes: { spatial: intAttribute(1), epsilon: floatAttribute(1e-3) },
        });
      },
    ],
    [
      "Upsample",
      9,
      (net) => net.op("Upsample", [x(net, 1, 1, 2, 3), floats(net, 1, 1, 2, 3)], { attributes: {} }),
    ],
    ["Affine", 7, one("Affine", [2, 3], { alpha: floatAttribute(0.5), beta: floatAttribute(2) })],
    ["ScaledTanh", 7, one("ScaledTanh", [2, 3], { alpha: floatAttribute(0.5), beta: floatAttribute(2) })],
    [
      "ParametricSoftplus",
      7,
      one("ParametricSoftplus", [2, 3], { alpha: floatAttribute(0.5), beta: floatAttribute(2) }),
    ],
    [
      "ImageScaler",
      7,
      one("ImageScaler", [1, 2, 2, 3], { scale: floatAttribute(0.5), bias: floatsAttribute([1, 2]) }),
    ],
    ["Crop", 7, one("Crop", [1, 2, 5, 6], { border: intsAttribute([1, 0, 2, 1]) })],
    [
      "Crop to a size",
      7,
      one("Crop", [1, 2, 5, 6], { border: intsAttribute([1, 2, 0, 0]), scale: intsAttribute([3, 4]) }),
    ],
    ["TopK", 9, (net) => net.ops("TopK", [x(net, 2, 5)], { outputs: 2, attributes: { k: intAttribute(3) } })],
    ["Resize", 10, (net) => net.op("Resize", [x(net, 1, 1, 2, 4), floats(net, 1, 1, 2, 0.5)])],
    [
      "Clip of half floats",
      10,
      (net) => {
        const half = net.weight("half", rawTensor(DataType.FLOAT16, [2], Uint8Array.of(0, 0x3c, 0, 0x44)));
        const clipped = net.op("Clip", [half], { attributes: { max: floatAttribute(2) } });
        const wide = net.op("Cast", [clipped], { attributes: { to: intAttribute(DataType.FLOAT) } });
        return net.op("Add", [x(net, 2), wide]);
      },
    ],
    [
      "a node inside an If",
      11,
      (net) => {
        const input = x(net, 2, 3);
        const total = net.op("ReduceSum", [input], { attributes: { keepdims: intAttribute(0) } });
        const zero = net.weight("zero", floatTensor([], [0]));
        const branch = (axis: number): Attribute => {
          const inner = new GraphBuilder(new Graph(`branch_${axis}`));
          inner.fresh("x");
          const taken = inner.op("ReduceSum", [input], {
            name: `branch_${axis}`,
            attributes: { axes: intsAttribute([axis]) },
          });
          const flat = inner.op("Unsqueeze", [taken], {
            name: `flat_${axis}`,
            attributes: { axes: intsAttribute([0]) },
          });
          inner.output(flat);
          return { value: { kind: "graph", value: inner.graph } };
        };
        return net.op("If", [net.op("Greater", [total, zero])], {
          attributes: { then_branch: branch(0), else_branch: branch(1) },
        });
      },
    ],
  ];
  it.each(cases)("%s computes the same", async (_, opset, build) => {
    const net = new GraphBuilder();
    const results = build(net);
    // The runtime knows their types.
    for (const result of Array.isArray(results) ? results : [results])
      net.graph.outputs.push(result as Value);
    await same(net.model(Math.max(opset, 7), 6), {});
  });

  it("keeps names, and says which value stands for which", () => {
    const net = new GraphBuilder();
    const y = net.op("Softmax", [x(net, 2, 3, 4)]);
    net.output(net.op("Relu", [y]), "result");
    const source = net.model(9, 4);
    const { model, values } = raiseOpset(source, 17);
    expect(source.opset("")).toBe(9);
    expect(model.opset("")).toBe(17);
    expect(model.irVersion).toBe(8);
    expect(values.get(y)?.name).toBe(y.name);
    expect(values.get(y)?.producer?.opType).toBe("Reshape");
    expect([...(values.get(y)?.consumers ?? [])].map(({ opType }) => opType)).toEqual(["Relu"]);
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(["result"]);
  });

  it("leaves newer models as they are", () => {
    const net = new GraphBuilder();
    net.output(net.op("Softmax", [x(net, 2, 3, 4)]));
    expect(raiseOpset(net.model(21), 17).model.opset("")).toBe(21);
  });

  it("refuses what the newer opset has no form for", () => {
    const net = new GraphBuilder();
    const [y, mask] = net.ops("Dropout", [x(net, 2, 3)], { outputs: 2 }) as [Value, Value];
    net.output(net.op("Mul", [y, mask]));
    expect(() => raiseOpset(net.model(7), 17)).toThrow("UNSUPPORTED_VERSION");
    const older = new GraphBuilder();
    older.output(older.op("Relu", [x(older, 2)]));
    expect(() => raiseOpset(older.model(6), 17)).toThrow("UNSUPPORTED_VERSION");
  });
});

async function same(model: Model, dims: Readonly<Record<string, number>>): Promise<void> {
  const raised = raiseOpset(model, 17).model;
  expect(raised.opset("")).toBe(Math.max(model.opset(""), 17));
  const { bindings } = resolveBindings(model, dims);
  const [feeds = {}] = randomInputs(model, inferFacts(model, { bindings }), defaultHandlers(), {
    seed: 1,
    count: 1,
  });
  const [before, after] = [await load(model), await load(raised)];
  try {
    const expected = await before.run(feeds);
    const actual = await after.run(feeds);
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    for (const [name, output] of Object.entries(expected)) {
      const { maxRel } = compareOutput(name, output, actual[name] as typeof output);
      // Half floats are rounded in another place where a Softmax is flattened: by less than a step of theirs.
      expect(maxRel, name).toBeLessThanOrEqual(output.dataType === DataType.FLOAT16 ? 2 ** -11 : 1e-6);
    }
  } finally {
    await Promise.all([before.dispose(), after.dispose()]);
  }
}

/** Without the optimisations that look at opsets, so that nothing but the nodes differs. */
function load(model: Model): Promise<Session> {
  const bytes = concatChunks(writeModel(model, { external: "never" }).chunks);
  return nodeRuntime().load(bytes, { threads: 1, optimisation: "disabled" });
}
