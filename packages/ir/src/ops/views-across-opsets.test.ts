// What moved from attributes to inputs over the opsets reads the same in a view.

import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../builder.js";
import { DataType } from "../data-type.js";
import { dimText } from "../dim.js";
import { isEspalierError } from "../errors.js";
import {
  type Attribute,
  floatAttribute,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
} from "../graph/attribute.js";
import { Value } from "../graph/value.js";
import { inferFacts } from "../shape/infer.js";
import { boolTensor, floatTensor, int64Tensor, type Tensor } from "../tensor.js";
import { OP_DEFINITIONS } from "./all.js";
import { createOpRegistry } from "./definition.js";

interface Form {
  readonly opset: number;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Operands after x. */
  readonly constants?: readonly (Tensor | null)[];
  readonly shape?: readonly (number | string)[];
  readonly outputs?: number;
}

const registry = createOpRegistry(OP_DEFINITIONS);

/** The view of one node on x (and constants), values by name. */
function viewOf(
  opType: string,
  { opset, attributes = {}, constants = [], shape = [2, 3, 8, 9], outputs = 1 }: Form,
): unknown {
  const builder = new GraphBuilder();
  const x = builder.input("x", shape);
  const operands = constants.map((tensor, i) => tensor && builder.weight(`c${i}`, tensor));
  builder.ops(opType, [x, ...operands], { attributes, outputs, name: "n" });
  const model = builder.model(opset);
  const [node] = model.graph.nodes;
  if (node === undefined) throw new Error("no node");
  return plain(registry.find(node)?.view(node, inferFacts(model)));
}

function plain(value: unknown): unknown {
  if (value instanceof Value) return value.name;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  if ("coefficient" in value) return dimText(value as never);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

const ints = (...values: number[]): Tensor => int64Tensor([values.length], values);
const floats = (...values: number[]): Tensor => floatTensor([values.length], values);

const SAME: readonly (readonly [string, readonly Form[], Readonly<Record<string, unknown>>])[] = [
  [
    "Slice",
    [
      {
        opset: 9,
        attributes: { starts: intsAttribute([1]), ends: intsAttribute([-1]), axes: intsAttribute([2]) },
      },
      { opset: 10, constants: [ints(1), ints(-1), ints(2)] },
      { opset: 13, constants: [ints(1), ints(-1), ints(-2), ints(1)] },
    ],
    { x: "x", y: "n_out", ranges: [{ axis: 2, start: 1, end: -1, step: 1 }] },
  ],
  [
    "Pad",
    [
      {
        opset: 10,
        attributes: { pads: intsAttribute([0, 0, 1, 2, 0, 0, 3, 4]), value: floatAttribute(0.5) },
      },
      { opset: 13, constants: [ints(0, 0, 1, 2, 0, 0, 3, 4), floatTensor([], [0.5])] },
      { opset: 18, constants: [ints(1, 2, 3, 4), floatTensor([], [0.5]), ints(2, -1)] },
    ],
    { mode: "constant", begin: [0, 0, 1, 2], end: [0, 0, 3, 4], fill: 0.5 },
  ],
  [
    "Clip",
    [
      { opset: 6, attributes: { min: floatAttribute(0), max: floatAttribute(6) } },
      { opset: 11, constants: [floatTensor([], [0]), floatTensor([], [6])] },
    ],
    { x: "x", min: 0, max: 6 },
  ],
  [
    "Clip",
    [
      { opset: 10, attributes: { max: floatAttribute(6) } },
      { opset: 13, constants: [null, floatTensor([], [6])] },
    ],
    { min: Number.NEGATIVE_INFINITY, max: 6 },
  ],
  [
    "Squeeze",
    [
      { opset: 11, shape: [1, 3, 1], attributes: { axes: intsAttribute([-1]) } },
      { opset: 13, shape: [1, 3, 1], constants: [ints(2)] },
    ],
    { axes: [2] },
  ],
  [
    "Squeeze",
    [
      { opset: 11, shape: [1, 3, 1] },
      { opset: 13, shape: [1, 3, 1] },
    ],
    { axes: [0, 2] },
  ],
  [
    "Unsqueeze",
    [
      { opset: 11, shape: [3], attributes: { axes: intsAttribute([2, 0]) } },
      { opset: 13, shape: [3], constants: [ints(0, -1)] },
    ],
    { axes: [0, 2] },
  ],
  [
    "Split",
    [
      { opset: 11, outputs: 2, attributes: { axis: intAttribute(-1), split: intsAttribute([4, 5]) } },
      { opset: 13, outputs: 2, attributes: { axis: intAttribute(3) }, constants: [ints(4, 5)] },
      { opset: 18, outputs: 2, attributes: { axis: intAttribute(3) }, constants: [ints(4, 5)] },
    ],
    { axis: 3, sizes: [4, 5], outputs: ["n_out_0", "n_out_1"] },
  ],
  [
    "Split",
    [
      { opset: 11, outputs: 4, attributes: { axis: intAttribute(2) } },
      { opset: 18, outputs: 4, attributes: { axis: intAttribute(2), num_outputs: intAttribute(4) } },
    ],
    { sizes: [2, 2, 2, 2], sizesSource: "equal" },
  ],
  ...["ReduceSum", "ReduceMean", "ReduceMax", "ReduceL2"].map((opType): (typeof SAME)[number] => [
    opType,
    [
      { opset: 11, attributes: { axes: intsAttribute([2, -1]), keepdims: intAttribute(0) } },
      { opset: 18, attributes: { keepdims: intAttribute(0) }, constants: [ints(-2, 3)] },
    ],
    { axes: [2, 3], keepDims: false },
  ]),
  [
    "ReduceMean",
    [{ opset: 11 }, { opset: 13 }, { opset: 18 }, { opset: 18, constants: [ints()] }],
    { axes: [0, 1, 2, 3] },
  ],
  [
    "ReduceSum",
    [{ opset: 13, attributes: { noop_with_empty_axes: intAttribute(1) } }],
    { axes: [], keepDims: true, reduction: "sum" },
  ],
  [
    "TopK",
    [
      { opset: 9, outputs: 2, attributes: { k: intAttribute(3) } },
      { opset: 11, outputs: 2, constants: [ints(3)] },
    ],
    { axis: 3, k: 3, values: "n_out_0", indices: "n_out_1" },
  ],
  [
    "Dropout",
    [
      { opset: 10, outputs: 2, attributes: { ratio: floatAttribute(0.25) } },
      { opset: 13, outputs: 2, constants: [floatTensor([], [0.25]), boolTensor([], [false])] },
    ],
    { x: "x", y: "n_out_0", mask: "n_out_1", ratio: 0.25, training: false },
  ],
  [
    "Resize",
    [
      { opset: 10, constants: [floats(1, 1, 2, 3)] },
      { opset: 11, constants: [floats(), floats(1, 1, 2, 3)] },
      { opset: 13, constants: [null, floats(1, 1, 2, 3)] },
      { opset: 18, constants: [null, floats(2, 3)], attributes: { axes: intsAttribute([2, -1]) } },
    ],
    { scales: [1, 1, 2, 3], sizes: null, source: "scales", mode: "nearest" },
  ],
  [
    "Upsample",
    [
      { opset: 7, attributes: { scales: floatsAttribute([1, 1, 2, 3]) } },
      { opset: 9, constants: [floats(1, 1, 2, 3)] },
    ],
    { scales: [1, 1, 2, 3], sizes: null, source: "scales", mode: "nearest" },
  ],
  [
    "Resize",
    [
      { opset: 11, constants: [floats(), floats(), ints(2, 3, 4, 5)] },
      { opset: 18, constants: [null, null, ints(5, 4)], attributes: { axes: intsAttribute([3, 2]) } },
    ],
    { scales: null, sizes: [2, 3, 4, 5], source: "sizes" },
  ],
  [
    "Softmax",
    [
      { opset: 11, attributes: { axis: intAttribute(3) } },
      { opset: 13, attributes: { axis: intAttribute(-1) } },
    ],
    { axis: 3, coerced: false },
  ],
  ["Softmax", [{ opset: 11 }], { axis: 1, coerced: true }],
  [
    "Cast",
    [
      { opset: 5, attributes: { to: stringAttribute("INT64") } },
      { opset: 13, attributes: { to: intAttribute(DataType.INT64) } },
    ],
    { x: "x", to: DataType.INT64 },
  ],
  [
    "Reshape",
    [
      { opset: 4, attributes: { shape: intsAttribute([0, -1]) } },
      { opset: 13, constants: [ints(0, -1)] },
    ],
    { target: [0, -1], allowZero: false },
  ],
  [
    "BatchNormalization",
    [9, 14, 15].map((opset) => ({
      opset,
      constants: [1, 2, 3, 4].map(() => floats(1, 1, 1)),
      attributes: { epsilon: floatAttribute(0.5) },
    })),
    {
      x: "x",
      scale: "c0",
      bias: "c1",
      mean: "c2",
      variance: "c3",
      epsilon: 0.5,
      training: false,
      otherOutputs: [],
    },
  ],
];

describe("views", () => {
  for (const [opType, forms, expected] of SAME) {
    it(`${opType} reads the same in opsets ${forms.map(({ opset }) => opset).join(", ")}`, () => {
      for (const form of forms) expect(viewOf(opType, form), `opset ${form.opset}`).toMatchObject(expected);
    });
  }

  it("tells training mode of BatchNormalization from extra outputs before opset 14", () => {
    const constants = [1, 2, 3, 4].map(() => floats(1, 1, 1));
    expect(viewOf("BatchNormalization", { opset: 9, constants, outputs: 5 })).toMatchObject({
      training: true,
    });
    expect(
      viewOf("BatchNormalization", {
        opset: 15,
        constants,
        outputs: 3,
        attributes: { training_mode: intAttribute(1) },
      }),
    ).toMatchObject({ training: true, otherOutputs: ["n_out_1", "n_out_2"] });
  });

  it("refuses a node that lacks an operand, naming the node", () => {
    const refused = capture(() => viewOf("Conv", { opset: 13 }));
    expect(isEspalierError(refused, "INVALID_NODE") && refused.context.node).toBe("n");
  });

  it("refuses an axis outside the rank", () => {
    const refused = capture(() => viewOf("Softmax", { opset: 13, attributes: { axis: intAttribute(4) } }));
    expect(isEspalierError(refused, "INVALID_NODE")).toBe(true);
  });

  it("refuses a permutation that repeats an axis", () => {
    const refused = capture(() =>
      viewOf("Transpose", { opset: 13, attributes: { perm: intsAttribute([0, 0, 1, 2]) } }),
    );
    expect(isEspalierError(refused, "INVALID_NODE")).toBe(true);
  });
});

function capture(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
