// Every condition on both sides: the network holds, and the same network with one thing changed fails by that name alone.

import { describe, expect, it } from "vitest";
import { floatConstant, type GraphTensor, graphTensor, intConstant } from "../graph/graph-tensor.js";
import type { GraphOperator, TfliteGraph } from "../graph/tflite-graph.js";
import { makeOptions } from "../make-options.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";
import type { BuiltinOptions } from "../schema/builtin-options.js";
import { SPARSE_CONDITIONS, type SparseCondition } from "./conditions.js";
import { findSparseSubgraphs } from "./sparse-subgraph.js";

interface WindowGiven {
  readonly kernel?: number | readonly [number, number];
  readonly stride?: number | readonly [number, number];
  readonly dilation?: number;
  readonly padding?: "SAME" | "VALID";
  readonly to?: number;
  readonly depth?: number;
  /** Share of the weights that are zero. */
  readonly zeros?: number;
  readonly fused?: "NONE" | "RELU" | "TANH";
  readonly weight?: GraphTensor;
}

const pair = (given: number | readonly [number, number]): readonly [number, number] =>
  typeof given === "number" ? [given, given] : given;

/** Appends operators to a graph; sizes follow VALID and SAME. */
class Net {
  readonly graph: TfliteGraph = { inputs: [], outputs: [], operators: [], erfs: new Map() };

  input(shape: readonly number[] = [1, 16, 16, 3]): GraphTensor {
    const tensor = graphTensor("FLOAT32", shape, null, "image");
    this.graph.inputs.push(tensor);
    return tensor;
  }

  op(
    builtin: BuiltinOperator,
    inputs: readonly GraphTensor[],
    shape: readonly number[],
    name: string,
    options: BuiltinOptions | null = null,
  ): GraphTensor {
    const result = graphTensor("FLOAT32", shape, null, name);
    this.graph.operators.push({ builtin, inputs: [...inputs], outputs: [result], options });
    return result;
  }

  pad(x: GraphTensor, [top, bottom, left, right]: readonly number[] = [1, 1, 1, 1]): GraphTensor {
    const [n, h, w, c] = x.shape as [number, number, number, number];
    const amounts = intConstant([4, 2], [0, 0, top ?? 0, bottom ?? 0, left ?? 0, right ?? 0, 0, 0]);
    const shape = [n, h + (top ?? 0) + (bottom ?? 0), w + (left ?? 0) + (right ?? 0), c];
    return this.op("PAD", [x, amounts], shape, `${x.name}_padded`);
  }

  conv(x: GraphTensor, name: string, given: WindowGiven = {}): GraphTensor {
    const { to = 8, depth = x.shape[3] as number, zeros = 0 } = given;
    const [height, width] = pair(given.kernel ?? 1);
    const weight = given.weight ?? weights([to, height, width, depth], zeros, `${name}.weight`);
    const options = makeOptions("Conv2DOptions", windowOptions(given));
    const shape = [...outputSize(x, [height, width], given), to];
    return this.op("CONV_2D", [x, weight, floatConstant([to], new Float32Array(to))], shape, name, options);
  }

  depthwise(x: GraphTensor, name: string, given: WindowGiven = {}): GraphTensor {
    const { to = x.shape[3] as number } = given;
    const [height, width] = pair(given.kernel ?? 3);
    const options = makeOptions("DepthwiseConv2DOptions", { ...windowOptions(given), depthMultiplier: 1 });
    const weight = weights([1, height, width, to], 0, `${name}.weight`);
    const shape = [...outputSize(x, [height, width], given), to];
    const bias = floatConstant([to], new Float32Array(to));
    return this.op("DEPTHWISE_CONV_2D", [x, weight, bias], shape, name, options);
  }

  mean(x: GraphTensor, name = "mean", axes: readonly number[] = [1, 2], keepDims = true): GraphTensor {
    const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const options = makeOptions("ReducerOptions", { keepDims });
    return this.op("MEAN", [x, intConstant([axes.length], axes)], shape, name, options);
  }

  unary(builtin: BuiltinOperator, x: GraphTensor, name: string): GraphTensor {
    return this.op(builtin, [x], x.shape, name);
  }

  end(x: GraphTensor): TfliteGraph {
    const flat = this.op("RESHAPE", [x, intConstant([2], [1, -1])], [1, x.shape[3] as number], "flat");
    this.graph.outputs.push(flat);
    return this.graph;
  }
}

function windowOptions({ stride = 1, dilation = 1, padding = "VALID", fused = "NONE" }: WindowGiven) {
  const [strideH, strideW] = pair(stride);
  const activation = { fusedActivation: fused } as const;
  return { padding, strideH, strideW, dilationHFactor: dilation, dilationWFactor: dilation, ...activation };
}

function outputSize(x: GraphTensor, kernel: readonly [number, number], given: WindowGiven): number[] {
  const strides = pair(given.stride ?? 1);
  const sizes = [0, 1].map((i) => {
    const size = x.shape[i + 1] as number;
    const reach = (given.dilation ?? 1) * ((kernel[i] as number) - 1) + 1;
    return Math.ceil((given.padding === "SAME" ? size : size - reach + 1) / (strides[i] as number));
  });
  return [x.shape[0] as number, ...sizes];
}

function weights(shape: readonly number[], zeros: number, name: string): GraphTensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const nothing = Math.round(zeros * count);
  const tensor = floatConstant(
    shape,
    Float32Array.from({ length: count }, (_, i) => (i < nothing ? 0 : 1)),
  );
  tensor.name = name;
  return tensor;
}

/** What the network is made of, each replaceable. */
interface Parts {
  readonly image?: readonly number[];
  readonly start?: (net: Net, image: GraphTensor) => GraphTensor;
  readonly middle?: (net: Net, x: GraphTensor) => GraphTensor;
  readonly last?: WindowGiven;
  readonly end?: (net: Net, x: GraphTensor) => GraphTensor;
}

/** 3x3 stride 2 → depthwise → 1x1 → mean. */
function network(parts: Parts = {}): TfliteGraph {
  const net = new Net();
  const image = net.input(parts.image);
  const start = parts.start ?? ((n, x) => n.conv(n.pad(x), "start", { kernel: 3, stride: 2, fused: "RELU" }));
  const middle = parts.middle ?? ((n, x) => n.depthwise(x, "middle", { padding: "SAME" }));
  const end = parts.end ?? ((n, x) => n.mean(x));
  const last = net.conv(middle(net, start(net, image)), "last", { zeros: 0.75, ...parts.last });
  return net.end(end(net, last));
}

const codesOf = (graph: TfliteGraph) => {
  const { failures, subgraphs } = findSparseSubgraphs(graph);
  if (failures.length > 0) expect(subgraphs).toEqual([]);
  for (const { code, unblock, reason } of failures) {
    expect(unblock).toBe(SPARSE_CONDITIONS[code].unblock);
    expect(reason).not.toBe("");
  }
  return failures.map(({ code, node }) => `${code} ${node}`.trim());
};

const startOf = (given: WindowGiven, pads: readonly number[] | null = [1, 1, 1, 1]) => ({
  start: (n: Net, x: GraphTensor) =>
    n.conv(pads === null ? x : n.pad(x, pads), "start", { kernel: 3, stride: 2, ...given }),
});
const middleOf = (middle: (n: Net, x: GraphTensor) => GraphTensor) => ({ middle });
const padded = (pads: readonly number[], given: WindowGiven) =>
  middleOf((n, x) => n.depthwise(n.pad(x, pads), "middle", given));
/** Reads a value of another type. */
const halved = (n: Net, x: GraphTensor): GraphTensor => {
  x.type = "FLOAT16";
  return n.op("CAST", [x], x.shape, "cast");
};
/** [1, 8, 8, 8] → ReLU over [64, 8] → [1, 8, 8, 8] */
const flattened = (n: Net, x: GraphTensor): GraphTensor => {
  const rows = n.op("RESHAPE", [x], [64, 8], "rows");
  return n.op("RESHAPE", [n.unary("RELU", rows, "middle")], x.shape, "back");
};

describe("a sparse subgraph", () => {
  it("goes from the 3x3 convolution to the mean, with the share of zeros of its 1x1 weights", () => {
    const { subgraphs, failures } = findSparseSubgraphs(network());
    expect(failures).toEqual([]);
    expect(subgraphs).toHaveLength(1);
    const names = (operators: readonly GraphOperator[]) => operators.map(({ outputs }) => outputs[0]?.name);
    expect(names(subgraphs[0]?.operators ?? [])).toEqual(["start", "middle", "last", "mean"]);
    expect(names(subgraphs[0]?.pointwise ?? [])).toEqual(["last"]);
    expect(subgraphs[0]).toMatchObject({ weights: 64, zeros: 48 });
  });

  const holds: readonly (readonly [string, Parts])[] = [
    ["a 1x1 convolution under SAME", { last: { padding: "SAME" } }],
    ["a depthwise convolution of stride 2 behind a PAD", padded([1, 1, 1, 1], { stride: 2 })],
    ["a 5x5 depthwise convolution under SAME", middleOf((n, x) => n.depthwise(x, "m", { kernel: 5, padding: "SAME" }))],
    ["a 5x5 depthwise convolution of stride 2", padded([2, 2, 2, 2], { kernel: 5, stride: 2 })],
    ["a mean and a product inside (squeeze and excite)", middleOf((n, x) => {
      const gate = n.unary("LOGISTIC", n.conv(n.mean(x, "squeeze"), "excite", { zeros: 0.75 }), "gate");
      return n.op("MUL", [x, gate], x.shape, "scaled", makeOptions("MulOptions"));
    })],
    ["a shortcut", middleOf((n, x) => n.op("ADD", [x, n.depthwise(x, "m", { padding: "SAME" })], x.shape, "sum", makeOptions("AddOptions")))],
    ["an activation of its own", middleOf((n, x) => n.unary("HARD_SWISH", x, "active"))],
    ["a resized image", middleOf((n, x) => n.op("RESIZE_BILINEAR", [x], [1, 16, 16, 8], "larger"))],
    ["DEPTH_TO_SPACE at the end", { end: (n, x) => n.op("DEPTH_TO_SPACE", [x], [1, 16, 16, 2], "end") }],
    ["a 1x1 convolution behind the mean", { end: (n, x) => n.conv(n.mean(x), "classifier", { zeros: 0.75 }) }],
    ["17 columns, of which SAME would pad both ends", { image: [1, 17, 17, 3] }],
  ]; // biome-ignore format: a table
  it.each(holds)("can have %s", (_, parts) => {
    expect(codesOf(network(parts))).toEqual([]);
  });

  const fails: readonly (readonly [string, SparseCondition, string, Parts])[] = [
    ["exactly two thirds are zero", "SPARSE_TOO_FEW_ZEROS", "", { last: { to: 6, zeros: 2 / 3 } }],
    ["the weight is computed", "SPARSE_WEIGHT_COMPUTED", "last", { last: { weight: graphTensor("FLOAT32", [8, 1, 1, 8]) } }],
    ["the image goes into the 1x1 convolution", "SPARSE_NO_START", "middle", { start: (_, x) => x }],
    ["the first convolution has stride 1", "SPARSE_START_WINDOW", "start", startOf({ stride: 1 })],
    ["the first convolution has stride 2 along one axis", "SPARSE_START_WINDOW", "start", startOf({ stride: [2, 1] })],
    ["the first convolution is 5x5", "SPARSE_START_WINDOW", "start", startOf({ kernel: 5 })],
    ["the first convolution is 3x1", "SPARSE_START_WINDOW", "start", startOf({ kernel: [3, 1] })],
    ["the image has 1 channel", "SPARSE_START_CHANNELS", "start", { image: [1, 16, 16, 1] }],
    ["the first convolution is padded by SAME", "SPARSE_START_PADDING", "start", startOf({ padding: "SAME" }, null)],
    ["the first convolution is not padded", "SPARSE_START_PADDING", "start", startOf({}, null)],
    ["the first convolution is padded at the end alone", "SPARSE_START_PADDING", "start", startOf({}, [0, 1, 0, 1])],
    ["the first convolution is padded by 2", "SPARSE_START_PADDING", "start", startOf({}, [2, 2, 2, 2])],
    ["the first convolution is dilated", "SPARSE_DILATED", "start", startOf({ dilation: 2 })],
    ["a depthwise convolution is dilated", "SPARSE_DILATED", "middle", padded([1, 1, 1, 1], { dilation: 2 })],
    ["the 1x1 convolution has groups", "SPARSE_GROUPED", "last", { last: { depth: 4 } }],
    ["the 1x1 convolution has stride 2", "SPARSE_POINTWISE_STRIDE", "last", { last: { stride: 2 } }],
    ["the 1x1 convolution is padded", "SPARSE_POINTWISE_PADDING", "last", middleOf((n, x) => n.pad(x))],
    ["a depthwise convolution is 7x7", "SPARSE_DEPTHWISE_WINDOW", "middle", padded([3, 3, 3, 3], { kernel: 7 })],
    ["a depthwise convolution has stride 3", "SPARSE_DEPTHWISE_WINDOW", "middle", padded([1, 1, 1, 1], { stride: 3 })],
    ["a depthwise convolution has two strides", "SPARSE_DEPTHWISE_WINDOW", "middle", padded([1, 1, 1, 1], { stride: [1, 2] })],
    ["a depthwise convolution of stride 2 has SAME", "SPARSE_DEPTHWISE_PADDING", "middle", middleOf((n, x) => n.depthwise(x, "middle", { stride: 2, padding: "SAME" }))],
    ["a depthwise convolution is not padded", "SPARSE_DEPTHWISE_PADDING", "middle", middleOf((n, x) => n.depthwise(x, "middle"))],
    ["a 5x5 one is padded by 1", "SPARSE_DEPTHWISE_PADDING", "middle", padded([1, 1, 1, 1], { kernel: 5 })],
    ["a depthwise convolution doubles the channels", "SPARSE_DEPTHWISE_MULTIPLIER", "middle", middleOf((n, x) => n.depthwise(x, "middle", { to: 16, padding: "SAME" }))],
    ["a maximum lies inside", "SPARSE_OPERATOR", "middle", middleOf((n, x) => n.unary("MAX_POOL_2D", x, "middle"))],
    ["TANH is fused", "SPARSE_ACTIVATION", "middle", middleOf((n, x) => n.depthwise(x, "middle", { padding: "SAME", fused: "TANH" }))],
    ["a stored number is added", "SPARSE_OPERAND", "middle", middleOf((n, x) => n.op("ADD", [x, floatConstant([1, 1, 1, 8], new Float32Array(8))], x.shape, "middle"))],
    ["an image is resized from one row", "SPARSE_RESIZE", "middle", middleOf((n, x) => n.op("RESIZE_BILINEAR", [n.mean(x, "m")], x.shape, "middle"))],
  ]; // biome-ignore format: a table
  it.each(fails)("fails where %s: %s", (_, code, node, parts) => {
    expect(codesOf(network(parts))).toEqual([`${code} ${node}`.trim()]);
  });

  it("fails by one name alone where one thing is wrong", () => {
    expect(codesOf(network({ last: { zeros: 0.5 } }))).toEqual(["SPARSE_TOO_FEW_ZEROS"]);
    expect(codesOf(network(startOf({ padding: "SAME" }, null)))).toEqual(["SPARSE_START_PADDING start"]);
    expect(codesOf(network({ last: { stride: 2 } }))).toEqual(["SPARSE_POINTWISE_STRIDE last"]);
  });

  it("names everything where much is wrong", () => {
    const graph = network({
      ...{ image: [1, 16, 16, 4], last: { zeros: 0 } },
      ...startOf({ stride: 1, padding: "SAME" }, null),
      ...middleOf((n, x) => n.depthwise(n.unary("MAX_POOL_2D", x, "pool"), "middle")),
    });
    expect(codesOf(graph)).toEqual([
      "SPARSE_START_WINDOW start",
      "SPARSE_START_CHANNELS start",
      "SPARSE_OPERATOR pool",
      "SPARSE_DEPTHWISE_PADDING middle",
      "SPARSE_TOO_FEW_ZEROS",
    ]);
  });

  it("has images of float32 inside", () => {
    expect(codesOf(network(middleOf(flattened)))).toEqual([
      "SPARSE_OPERATOR rows",
      "SPARSE_OPERATOR middle",
      "SPARSE_OPERATOR back",
    ]);
    expect(codesOf(network(middleOf((n, x) => halved(n, n.unary("RELU", x, "middle")))))).toEqual([
      "SPARSE_PRECISION middle",
      "SPARSE_OPERATOR cast",
    ]);
  });

  it("has weights of float32", () => {
    const net = new Net();
    const half = graphTensor("FLOAT16", [8, 1, 1, 8], new Uint16Array(64), "half");
    const wide = net.op("DEQUANTIZE", [half], [8, 1, 1, 8], "wide");
    const start = net.conv(net.pad(net.input()), "start", { kernel: 3, stride: 2 });
    const graph = net.end(net.mean(net.conv(start, "last", { weight: wide })));
    expect(codesOf(graph)).toEqual(["SPARSE_PRECISION last"]);
  });

  it("has 1x1 convolutions", () => {
    const net = new Net();
    const graph = net.end(net.mean(net.conv(net.pad(net.input()), "start", { kernel: 3, stride: 2 })));
    expect(codesOf(graph)).toEqual(["SPARSE_NO_POINTWISE"]);
  });

  it("gives nothing away before its end", () => {
    const flat = network({ end: (_, x) => x });
    expect(codesOf(flat)).toEqual(["SPARSE_NO_END last"]);
    const average = network({ end: (n, x) => n.unary("AVERAGE_POOL_2D", x, "average") });
    expect(codesOf(average)).toEqual(["SPARSE_NO_END last"]);
    const lone = {
      image: [1, 2, 2, 3],
      middle: (_: Net, x: GraphTensor) => x,
      end: (_: Net, x: GraphTensor) => x,
    };
    expect(codesOf(network(lone))).toEqual(["SPARSE_NO_END last"]);
    expect(codesOf(network({ ...lone, end: (n, x) => n.mean(x) }))).toEqual([]);
    for (const [name, axes, keepDims] of [
      ["rows alone", [1], true],
      ["channels", [1, 2, 3], true],
      ["without their axes", [1, 2], false],
    ] as const)
      expect(codesOf(network({ end: (n, x) => n.mean(x, "mean", axes, keepDims) })), name).toEqual([
        "SPARSE_NO_END last",
      ]);
  });

  it("is left through a mean of height and width inside of it", () => {
    const middle = (axes: readonly number[]) =>
      middleOf((n, x) => n.op("MUL", [x, n.mean(x, "squeeze", axes)], x.shape, "scaled"));
    expect(codesOf(network(middle([1, 2])))).toEqual([]);
    expect(codesOf(network(middle([1])))).toEqual(["SPARSE_MEAN_AXES squeeze"]);
  });

  it("is read inside alone", () => {
    const output = network();
    const middle = output.operators.find(({ outputs }) => outputs[0]?.name === "middle");
    output.outputs.push(middle?.outputs[0] as GraphTensor);
    expect(codesOf(output)).toEqual(["SPARSE_READ_OUTSIDE middle"]);
    const read = network();
    const [result] = read.operators.find(({ outputs }) => outputs[0]?.name === "middle")?.outputs ?? [];
    const most = graphTensor("FLOAT32", [1, 1, 1, 1], null, "most");
    read.operators.push({
      builtin: "REDUCE_MAX",
      inputs: [result as GraphTensor],
      outputs: [most],
      options: null,
    });
    read.outputs.push(most);
    expect(codesOf(read)).toEqual(["SPARSE_READ_OUTSIDE middle"]);
  });

  it("does not begin where another one ended", () => {
    const graph = network(
      middleOf((n, x) => {
        const shuffled = n.op(
          "DEPTH_TO_SPACE",
          [n.conv(x, "first", { zeros: 0.75 })],
          [1, 16, 16, 2],
          "shuffled",
        );
        return n.depthwise(shuffled, "second", { padding: "SAME" });
      }),
    );
    expect(codesOf(graph)).toEqual(["SPARSE_NO_START second"]);
  });

  it("may occur twice", () => {
    const net = new Net();
    const image = net.input();
    const branch = (name: string) => {
      const start = net.conv(net.pad(image), `${name}.start`, { kernel: 3, stride: 2 });
      return net.mean(net.conv(start, `${name}.last`, { zeros: 0.75 }), `${name}.mean`);
    };
    const sum = net.op("CONCATENATION", [branch("a"), branch("b")], [1, 1, 1, 16], "both");
    const { subgraphs, failures } = findSparseSubgraphs(net.end(sum));
    expect(failures).toEqual([]);
    expect(subgraphs.map(({ weights, zeros }) => [weights, zeros])).toEqual([
      [64, 48],
      [64, 48],
    ]);
  });
});
