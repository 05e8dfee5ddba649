// Lowerings at shapes and attributes that nobody picked: drawn by fast-check from one seed, forty in a file, and held
// against ONNX Runtime. Needs the build.

import fc from "fast-check";
import { describe, it } from "vitest";
import {
  type Attributes,
  type BuildCase,
  type CaseNet,
  expectLoweredEqual,
  type LoweringCases,
} from "../tflite/lowered-equals-onnx.js";

type Value = ReturnType<CaseNet["op"]>;

const size = fc.integer({ min: 1, max: 4 });
const shape = (least: number, most: number) => fc.array(size, { minLength: least, maxLength: most });

/** Cases by what was drawn, so that a failure says which. */
function drawn<T>(arbitrary: fc.Arbitrary<T>, build: (one: T) => BuildCase): LoweringCases {
  const samples = fc.sample(arbitrary, { numRuns: 40, seed: 11 });
  return Object.fromEntries(samples.map((one) => [JSON.stringify(one), build(one)]));
}

const broadcasting = drawn(
  fc.record({
    whole: shape(1, 4),
    ones: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    lead: fc.nat(3),
    opType: fc.constantFrom("Add", "Sub", "Mul", "Max", "Min"),
    swapped: fc.boolean(),
  }),
  ({ whole, ones, lead, opType, swapped }) =>
    (net) => {
      const narrow = (from: number, flags: readonly boolean[]): number[] =>
        whole.slice(from).map((one, i) => (flags[i] ? 1 : one));
      const a = net.input(narrow(0, ones.slice(0, 4)));
      const b = net.input(narrow(Math.min(lead, whole.length - 1), ones.slice(4)));
      return net.op(opType, swapped ? [b, a] : [a, b]);
    },
);

const window = fc.record({
  kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })),
  pads: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
  dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
  height: fc.integer({ min: 5, max: 9 }),
  width: fc.integer({ min: 5, max: 9 }),
});

const convolutions = drawn(
  fc.record({
    window,
    group: fc.constantFrom(1, 2, 4),
    filters: fc.integer({ min: 1, max: 2 }),
    batch: fc.integer({ min: 1, max: 2 }),
  }),
  ({ window: { kernel, strides, pads, dilations, height, width }, group, filters, batch }) =>
    (net) =>
      net.op(
        "Conv",
        [
          net.input([batch, 4, height, width]),
          net.weight([4 * filters, 4 / group, ...kernel]),
          net.weight([4 * filters]),
        ],
        { group, strides, pads, dilations },
      ),
);

const transposedConvolutions = drawn(
  fc.record({ window, group: fc.constantFrom(1, 2), more: fc.tuple(fc.nat(1), fc.nat(1)) }),
  ({ window: { kernel, strides, pads, dilations, height, width }, group, more }) =>
    (net) => {
      // Less than what a kernel reaches, and output padding less than a stride.
      const reach = kernel.map((one, i) => (dilations[i] as number) * (one - 1));
      const cut = pads.map((one, i) => Math.min(one, reach[i % 2] as number));
      const output_padding = more.map((one, i) => Math.min(one, (strides[i] as number) - 1));
      return net.op(
        "ConvTranspose",
        [net.input([1, 4, height - 3, width - 3]), net.weight([4, 3, ...kernel])],
        {
          ...{ group, strides, pads: cut, dilations, output_padding },
        },
      );
    },
);

const pools = drawn(
  fc.record({
    window,
    opType: fc.constantFrom("MaxPool", "AveragePool"),
    ceil: fc.boolean(),
    counts: fc.boolean(),
  }),
  ({ window: { kernel, strides, pads, height, width }, opType, ceil, counts }) =>
    (net) => {
      const less = pads.map((one, i) => Math.min(one, (kernel[i % 2] as number) - 1));
      const attributes: Attributes = { kernel_shape: kernel, strides, pads: less, ceil_mode: Number(ceil) };
      const counted: Attributes = opType === "MaxPool" ? {} : { count_include_pad: Number(counts) };
      return net.op(opType, [net.input([1, 3, height, width])], { ...attributes, ...counted });
    },
);

/** Steps that rearrange a value of rank 4, one after the other, starting channels last in memory. */
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom(
      "transpose",
      "reshape",
      "slice",
      "concat",
      "pad",
      "reduce",
      "softmax",
      "relu",
      "split",
    ),
    numbers: fc.array(fc.nat(23), { minLength: 4, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 6 },
);

const rearrangements = drawn(steps, (list) => (net) => {
  let sizes = [2, 4, 3, 6];
  let x = net.op("Conv", [net.input([2, 3, 3, 6]), net.weight([4, 3, 1, 1])]);
  for (const step of list) [x, sizes] = rearranged(net, x, sizes, step.kind, step.numbers);
  return x;
});

function rearranged(
  net: CaseNet,
  x: Value,
  sizes: readonly number[],
  kind: string,
  numbers: readonly number[],
): [Value, number[]] {
  const axis = (numbers[0] as number) % 4;
  const own = sizes[axis] as number;
  const at = (values: readonly number[], value: number): number[] =>
    values.map((one, i) => (i === axis ? value : one));
  switch (kind) {
    case "transpose": {
      const perm = permutation(numbers[0] as number);
      return [net.op("Transpose", [x], { perm }), perm.map((from) => sizes[from] as number)];
    }
    case "reshape": {
      const target = regrouped(sizes, numbers[1] as number);
      return [net.op("Reshape", [x, net.ints(target)]), target];
    }
    case "slice": {
      const step = 1 + ((numbers[1] as number) % 2);
      const result = net.op("Slice", [x, net.ints([0]), net.ints([own]), net.ints([axis]), net.ints([step])]);
      return [result, at(sizes, Math.ceil(own / step))];
    }
    case "concat":
      return [net.op("Concat", [x, net.op("Neg", [x])], { axis }), at(sizes, 2 * own)];
    case "pad": {
      const begin = at([0, 0, 0, 0], (numbers[1] as number) % 2);
      const padded = net.op("Pad", [x, net.ints([...begin, ...at([0, 0, 0, 0], 1)])]);
      return [padded, at(sizes, own + 1 + (begin[axis] as number))];
    }
    case "reduce":
      return [net.op("ReduceMax", [x], { axes: [axis], keepdims: 1 }), at(sizes, 1)];
    case "softmax":
      return [net.op("Softmax", [x], { axis }), [...sizes]];
    case "split": {
      if (own % 2 === 1) return [net.op("Relu", [x]), [...sizes]];
      const [a, b] = net.ops("Split", [x], 2, { axis }) as [Value, Value];
      return [net.op("Mul", [a, b]), at(sizes, own / 2)];
    }
    default:
      return [net.op("Relu", [x]), [...sizes]];
  }
}

/** One of the 24 orders of four axes. */
function permutation(number: number): number[] {
  const rest = [0, 1, 2, 3];
  return [number % 4, Math.floor(number / 4) % 3, Math.floor(number / 12) % 2, 0].map(
    (pick) => rest.splice(pick, 1)[0] as number,
  );
}

/** Another shape of rank 4 with as many elements: one axis' factor goes to its neighbour. */
function regrouped(sizes: readonly number[], number: number): number[] {
  const axis = number % 3;
  const [left, right] = [sizes[axis] as number, sizes[axis + 1] as number];
  const factor = right % 2 === 0 ? 2 : right % 3 === 0 ? 3 : right;
  return sizes.map((one, i) => (i === axis ? left * factor : i === axis + 1 ? right / factor : one));
}

describe("lowered to TFLite at shapes that were drawn", () => {
  it.each([
    ["broadcasting", broadcasting],
    ["convolutions", convolutions],
    ["transposed convolutions", transposedConvolutions],
    ["pools", pools],
    ["rearrangements", rearrangements],
  ] as const)("%s give what ONNX Runtime gives", (_, cases) => expectLoweredEqual(cases));
});
