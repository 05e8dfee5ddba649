// Operators that act element by element: every activation, and broadcasting of all ranks.

import { DataType, floatTensor } from "@espalier/ir";
import type { BuildCase, LoweringCases } from "../lowered-equals-onnx.js";

const image = [1, 3, 4, 5];
const away = (normal: number): number => normal + Math.sign(normal) * 0.3;
const positive = (normal: number): number => Math.abs(normal) + 0.1;

const unary =
  (opType: string, attributes = {}, draw?: (normal: number) => number): BuildCase =>
  (net) =>
    net.op(opType, [net.input(image, draw)], attributes);

export const ACTIVATIONS: LoweringCases = {
  Relu: unary("Relu"),
  LeakyRelu: unary("LeakyRelu", { alpha: { float: 0.2 } }),
  ThresholdedRelu: unary("ThresholdedRelu", { alpha: { float: 0.5 } }),
  "Elu 1": unary("Elu"),
  "Elu 0.4": unary("Elu", { alpha: { float: 0.4 } }),
  Selu: unary("Selu"),
  "Celu 2": unary("Celu", { alpha: { float: 2 } }),
  Sigmoid: unary("Sigmoid"),
  HardSigmoid: unary("HardSigmoid"),
  "HardSigmoid 1/6": unary("HardSigmoid", { alpha: { float: Math.fround(1 / 6) }, beta: { float: 0.5 } }),
  HardSwish: unary("HardSwish", {}, (normal) => 3 * normal),
  Tanh: unary("Tanh"),
  Softplus: unary("Softplus", {}, (normal) => 20 * normal),
  Softsign: unary("Softsign"),
  "Gelu of Microsoft": (net) => net.ops("Gelu", [net.input(image)], 1, {}, "com.microsoft"),
  "QuickGelu of Microsoft": (net) => net.ops("QuickGelu", [net.input(image)], 1, {}, "com.microsoft"),
  Erf: unary("Erf"),
  "Erf of 0": unary("Erf", {}, Math.round),
  "GELU written out": (net) => {
    const x = net.input(image);
    const scaled = net.op("Div", [x, net.constant(floatTensor([], [Math.SQRT2]))]);
    const sum = net.op("Add", [net.op("Erf", [scaled]), net.constant(floatTensor([], [1]))]);
    return net.op("Mul", [net.op("Mul", [x, sum]), net.constant(floatTensor([], [0.5]))]);
  },
  SiLU: (net) => {
    const x = net.input(image);
    return net.op("Mul", [x, net.op("Sigmoid", [x])]);
  },
  Neg: unary("Neg"),
  Abs: unary("Abs"),
  Reciprocal: unary("Reciprocal", {}, away),
  Sqrt: unary("Sqrt", {}, positive),
  Exp: unary("Exp"),
  Log: unary("Log", {}, positive),
  Sign: unary("Sign"),
  Floor: unary("Floor"),
  Ceil: unary("Ceil"),
  Round: unary("Round", {}, (normal) => Math.round(4 * normal) / 2),
  Sin: unary("Sin"),
  Cos: unary("Cos"),
  Tan: unary("Tan", {}, (normal) => Math.tanh(normal)),
  Identity: unary("Identity"),
  Dropout: unary("Dropout"),
  "Clip to ReLU": (net) => net.op("Clip", [net.input(image), net.constant(floatTensor([], [0]))]),
  "Clip to ReLU6": (net) =>
    net.op("Clip", [
      net.input(image, (normal) => 6 * normal),
      net.constant(floatTensor([], [0])),
      net.constant(floatTensor([], [6])),
    ]),
  "Clip to -1 and 1": (net) =>
    net.op("Clip", [
      net.input(image),
      net.constant(floatTensor([], [-1])),
      net.constant(floatTensor([], [1])),
    ]),
  "Clip to numbers": (net) =>
    net.op("Clip", [
      net.input(image),
      net.constant(floatTensor([], [-0.3])),
      net.constant(floatTensor([], [0.7])),
    ]),
  "Clip above": (net) => net.op("Clip", [net.input(image), null, net.constant(floatTensor([], [0.7]))]),
  "PRelu by channel": (net) => net.op("PRelu", [net.input(image), net.weight([3, 1, 1])]),
  "PRelu of one slope": (net) => net.op("PRelu", [net.input(image), net.weight([1])]),
  "PRelu behind a convolution": (net) =>
    net.op("PRelu", [net.op("Conv", [net.input(image), net.weight([3, 3, 1, 1])]), net.weight([3, 1, 1])]),
  "PRelu of a matrix": (net) => net.op("PRelu", [net.input([2, 5]), net.weight([5])]),
  "Cast to bool and back": (net) =>
    net.op("Cast", [net.op("Cast", [net.op("Relu", [net.input(image)])], { to: DataType.BOOL })], {
      to: DataType.FLOAT,
    }),
  "Cast to integers and back": (net) =>
    net.op("Cast", [net.op("Cast", [net.input(image, (normal) => 5 * normal)], { to: DataType.INT64 })], {
      to: DataType.FLOAT,
    }),
  "Cast to float16 is nothing": (net) =>
    net.op("Cast", [net.op("Cast", [net.input(image, Math.round)], { to: DataType.FLOAT16 })], {
      to: DataType.FLOAT,
    }),
};

const binary =
  (
    opType: string,
    a: readonly number[],
    b: readonly number[],
    draw?: (normal: number) => number,
  ): BuildCase =>
  (net) =>
    net.op(opType, [net.input(a, draw), net.input(b, draw)]);

/** A comparison as a float. */
const compared =
  (opType: string): BuildCase =>
  (net) =>
    net.op("Cast", [net.op(opType, [net.input(image, Math.round), net.input([1, 3, 1, 1], Math.round)])], {
      to: DataType.FLOAT,
    });

export const BROADCASTING: LoweringCases = {
  "Add of rank 1": binary("Add", [4], [4]),
  "Add of rank 2 and 1": binary("Add", [3, 4], [4]),
  "Add of rank 3 and 1": binary("Add", [2, 3, 4], [3, 1]),
  "Add of images": binary("Add", image, image),
  "Add of rank 5": binary("Add", [1, 2, 3, 2, 2], [3, 1, 2]),
  "Add of an image and a row": binary("Add", image, [5]),
  "Add of an image and a map": binary("Add", image, [4, 5]),
  "Sub of rank 4": binary("Sub", image, [1, 3, 1, 1]),
  "Mul both ways": binary("Mul", [2, 1, 4], [3, 1]),
  "Div of rank 4": binary("Div", image, [3, 1, 1], away),
  "Div of rank 5": binary("Div", [1, 2, 3, 2, 2], [3, 1, 1], away),
  "Max of rank 4": binary("Max", image, [3, 1, 1]),
  "Min of rank 3": binary("Min", [2, 3, 4], [4]),
  "Max of three": (net) => net.op("Max", [net.input(image), net.input([5]), net.input([1])]),
  "Sum of three": (net) => net.op("Sum", [net.input(image), net.input([5]), net.input([1])]),
  "Mean of three": (net) => net.op("Mean", [net.input(image), net.input([5]), net.input([1])]),
  "Pow of computed": (net) => net.op("Pow", [net.input(image, positive), net.input(image)]),
  "Pow 2": (net) => net.op("Pow", [net.input(image), net.constant(floatTensor([], [2]))]),
  "Pow 0.5": (net) => net.op("Pow", [net.input(image, positive), net.constant(floatTensor([], [0.5]))]),
  "Pow 3": (net) => net.op("Pow", [net.input(image), net.constant(floatTensor([], [3]))]),
  Equal: compared("Equal"),
  Greater: compared("Greater"),
  Less: compared("Less"),
  GreaterOrEqual: compared("GreaterOrEqual"),
  LessOrEqual: compared("LessOrEqual"),
  Where: (net) => {
    const [a, b] = [net.input(image), net.input([3, 1, 1])];
    return net.op("Where", [net.op("Greater", [a, b]), a, b]);
  },
  "And, Or, Not": (net) => {
    const zero = net.constant(floatTensor([], [0]));
    const [a, b] = [net.op("Greater", [net.input(image), zero]), net.op("Greater", [net.input(image), zero])];
    const both = net.op("And", [a, b]);
    return net.op("Cast", [net.op("Or", [net.op("Not", [both]), a])], { to: DataType.FLOAT });
  },
  "Add of a stored channel vector to an image": (net) =>
    net.op("Add", [net.op("Relu", [net.input(image)]), net.weight([1, 3, 1, 1])]),
  "Sub from a stored number": (net) => net.op("Sub", [net.constant(floatTensor([], [1])), net.input(image)]),
  "Add of an image and a turned one": (net) => {
    const conv = net.op("Conv", [net.input(image), net.weight([3, 3, 1, 1])]);
    return net.op("Add", [conv, net.op("Transpose", [net.input([1, 3, 5, 4])], { perm: [0, 1, 3, 2] })]);
  },
  integers: (net) => {
    const sum = net.op("Add", [net.integers([2, 3], -9, 9), net.integers([3], 1, 9)]);
    return net.op("Cast", [net.op("Div", [sum, net.integers([2, 3], 1, 4)])], { to: DataType.FLOAT });
  },
};
