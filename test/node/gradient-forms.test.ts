// Gradients of forms that PyTorch has not, against what ONNX Runtime itself gives forwards.

import {
  floatTensor,
  GraphBuilder,
  inferFacts,
  intAttribute,
  intsAttribute,
  isStatic,
  stringAttribute,
  type Value,
  writeModel,
} from "@espalier/ir";
import { Arithmetic, defaultGradients, differentiate } from "@espalier/train";
import { env, InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";

// A way to count positions that newer opsets call deprecated is among them.
env.logLevel = "error";

type Numbers = readonly number[];

interface Fed {
  readonly dims: Numbers;
  readonly data: Numbers;
}

const vector = (...data: number[]): Fed => ({ dims: [data.length], data });

/** Results, and gradients of Σ r·y by input, r_i = i + 1 counted through all results. */
async function backward(
  inputs: Readonly<Record<string, Fed>>,
  build: (net: GraphBuilder, inputs: Readonly<Record<string, Value>>) => readonly Value[],
  opset = 18,
): Promise<{ readonly results: readonly Numbers[]; readonly of: Readonly<Record<string, Numbers>> }> {
  const net = new GraphBuilder();
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, { dims }]) => [name, net.input(name, dims)]),
  );
  const results = build(net, values);
  const make = new Arithmetic(net.graph);
  const before = inferFacts(net.model(opset));
  let count = 0;
  const terms = results.map((y) => {
    const dims = (before.shape(y) ?? []).map((size) => (isStatic(size) ? size : Number.NaN));
    const size = dims.reduce((all, one) => all * one, 1);
    return make.sumAll(
      make.multiply(
        y,
        make.floats(
          dims,
          Array.from({ length: size }, () => ++count),
        ),
      ),
    );
  });
  const loss = make.total(terms);
  const model = net.model(opset);
  const gradients = differentiate({
    ...{ graph: net.graph, facts: inferFacts(model), rules: defaultGradients(), make, loss },
    of: Object.values(values),
  });
  for (const [i, y] of results.entries()) net.output(make.op("Identity", [y]), `y${i}`);
  const given = Object.entries(values).filter(([, value]) => gradients.get(value) !== null);
  for (const [name, value] of given)
    net.output(make.op("Identity", [gradients.get(value) as Value]), `d_${name}`);
  const bytes = Buffer.concat(writeModel(model, { external: "never" }).chunks);
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const found = await session.run(
    Object.fromEntries(
      session.inputNames.map((name) => {
        const { dims, data } = inputs[name] as Fed;
        return [name, new Tensor("float32", Float32Array.from(data), dims)];
      }),
    ),
  );
  await session.release();
  const numbers = (name: string): Numbers => [...((found[name] as Tensor).data as Float32Array)];
  return {
    results: results.map((_, i) => numbers(`y${i}`)),
    of: Object.fromEntries(given.map(([name]) => [name, numbers(`d_${name}`)])),
  };
}

describe("the gradient of the nearest element", () => {
  const SCALES: readonly (readonly [size: number, scale: number])[] = [
    ...[3, 12, 33].flatMap((size) => [1 / 3, 2 / 3, 4 / 3].map((scale) => [size, scale] as const)),
    ...[7, 10].flatMap((size) => [0.3, 0.6, 0.7, 1.1, 2.2].map((scale) => [size, scale] as const)),
  ];
  // ONNX Runtime expects ⌊size · scale⌋ in float64 of what it makes in float32: it loads no network where these differ.
  const usable = SCALES.filter(([size, scale]) => {
    const exact = size * Math.fround(scale);
    return Math.floor(exact) > 0 && Math.floor(exact) === Math.floor(Math.fround(exact));
  });

  it.each([
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "tf_half_pixel_for_nn",
    "align_corners",
    "asymmetric",
  ])("goes where ONNX Runtime reads: %s", async (coordinates) => {
    const inputs: Record<string, Fed> = {};
    for (const [size] of usable)
      inputs[`x${size}`] = { dims: [1, 1, size], data: Array.from({ length: size }, (_, i) => i) };
    const read: string[] = [];
    const { results, of } = await backward(
      inputs,
      (net, values) =>
        ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"].flatMap((rounding) =>
          usable.flatMap(([size, scale]) => {
            const x = values[`x${size}`] as Value;
            const attributes = {
              mode: stringAttribute("nearest"),
              nearest_mode: stringAttribute(rounding),
              coordinate_transformation_mode: stringAttribute(coordinates),
            };
            const scales = net.weight("scales", floatTensor([3], [1, 1, scale]));
            const sizes = net.ints("sizes", [1, 1, Math.max(1, Math.floor(size * scale))]);
            read.push(`x${size}`, `x${size}`);
            return [
              net.op("Resize", [x, null, scales], { attributes }),
              net.op("Resize", [x, null, null, sizes], { attributes }),
            ];
          }),
        ),
      19,
    );
    // The input is its own places, so every result tells which one it is; what is summed is below 2^24.
    const expected = Object.fromEntries(
      Object.entries(inputs).map(([name, { data }]) => [name, data.map(() => 0)]),
    );
    let r = 0;
    for (const [i, places] of results.entries())
      for (const place of places) (expected[read[i] as string] as number[])[place]! += ++r;
    expect(of).toEqual(expected);
  });
});

describe("the gradient of a reduction over no axes", () => {
  it.each([
    ["ReduceSum", [1, 2, 3]],
    ["ReduceMean", [1, 2, 3]],
    ["ReduceMax", [1, 2, 3]],
    ["ReduceMin", [1, 2, 3]],
    ["ReduceL1", [-1, 2, 3]],
    ["ReduceSumSquare", [-1, 8, 24]],
  ])("is that of every element: %s", async (opType, gradient) => {
    const { of } = await backward({ x: vector(-0.5, 2, 4) }, (net, { x }) => [
      net.op(opType, [x as Value], {
        attributes: { noop_with_empty_axes: intAttribute(1), keepdims: intAttribute(0) },
      }),
    ]);
    expect(of.x).toEqual(gradient);
  });
});

describe("the gradient of a maximum pool", () => {
  it("whose indices count down the columns is that of one without indices", async () => {
    const data = [1, 5, 2, 8, 7, 3, 9, 4, 6, 0, 11, 10];
    const pool = (order: number, outputs: number) =>
      backward({ x: { dims: [1, 1, 3, 4], data } }, (net, { x }) => [
        net.ops("MaxPool", [x as Value], {
          outputs,
          attributes: { kernel_shape: intsAttribute([2, 2]), storage_order: intAttribute(order) },
        })[0] as Value,
      ]);
    const plain = await pool(0, 1);
    // 7, 9, 9 in the first row of windows, 7, 11, 11 in the second: r = 1 … 6.
    expect(plain.of.x).toEqual([0, 0, 0, 0, 1 + 4, 0, 2 + 3, 0, 0, 0, 5 + 6, 0]);
    expect((await pool(1, 2)).of).toEqual(plain.of);
  });
});

describe("the gradient of a power", () => {
  it("with the exponent 0 is 0, also of 0", async () => {
    const { results, of } = await backward({ x: vector(0, 3) }, (net, { x }) => [
      net.op("Pow", [x as Value, net.weight("zero", floatTensor([], [0]))]),
    ]);
    expect([results, of.x]).toEqual([[[1, 1]], [0, 0]]);
  });

  it("with exponents of which one is 0 is 0 there", async () => {
    const exponents = [0, 3, 0];
    const stored = await backward({ x: vector(0, 2, 5) }, (net, { x }) => [
      net.op("Pow", [x as Value, net.weight("b", floatTensor([3], exponents))]),
    ]);
    const fed = await backward({ x: vector(0, 2, 5), b: vector(...exponents) }, (net, { x, b }) => [
      net.op("Pow", [x as Value, b as Value]),
    ]);
    expect([stored.of.x, fed.of.x]).toEqual([
      [0, 24, 0],
      [0, 24, 0],
    ]);
  });
});

describe("the gradient of a clip", () => {
  it("goes to the upper bound where the bounds cross", async () => {
    const clip = (low: number, high: number) =>
      backward(
        { x: vector(0, 1.5, 3), low: { dims: [], data: [low] }, high: { dims: [], data: [high] } },
        (net, { x, low, high }) => [net.op("Clip", [x, low, high] as Value[])],
      );
    expect(await clip(1, 2)).toEqual({ results: [[1, 1.5, 2]], of: { x: [0, 2, 0], low: [1], high: [3] } });
    expect(await clip(2, 1)).toEqual({ results: [[1, 1, 1]], of: { x: [0, 0, 0], low: [0], high: [6] } });
  });
});
