// Operators that treat every element alike, and those that align several operands.

import {
  type Attribute,
  DataType,
  floatAttribute,
  intAttribute,
  numberToFloat16,
  rawTensor,
  stringAttribute,
  type Tensor,
  type Value,
} from "@espalier/ir";
import type { Net } from "../../topologies/topology.js";
import {
  between,
  betweenTokens,
  bounded,
  cast,
  type OpCase,
  type OpCases,
  positive,
  SHRINKS,
  scalar,
} from "../op-case.js";

type Options = Omit<OpCase, "name" | "build" | "expects"> & {
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Brings values into the operator's range. */
  readonly before?: (net: Net, a: Value) => Value;
  readonly after?: (net: Net, y: Value) => Value;
};

/** One case: the operator between two convolutions. */
function unary(opType: string, options: Options = {}): readonly OpCase[] {
  const { domain, attributes, before, after, ...rest } = options;
  const build = between((a, net) => {
    const y = net.builder.op(opType, [before === undefined ? a : before(net, a)], {
      ...(domain === undefined ? {} : { domain }),
      ...(attributes === undefined ? {} : { attributes }),
    });
    return after === undefined ? y : after(net, y);
  });
  return [{ name: "between convolutions", build, expects: SHRINKS, ...rest }];
}

const float = (net: Net, y: Value): Value => cast(net, y, DataType.FLOAT);
/** Whole numbers from −8 to 8. */
const integer = (net: Net, a: Value): Value =>
  cast(net, net.builder.op("Mul", [net.builder.op("Tanh", [a]), scalar(net, 9)]), DataType.INT32);
const aboveOne = (net: Net, a: Value): Value => net.builder.op("Add", [bounded(net, a), scalar(net, 1.5)]);
const MICROSOFT = { domain: "com.microsoft", opsets: { "com.microsoft": 1 } };

export const UNARY: OpCases = {
  ...Object.fromEntries(
    [
      ...[
        "Identity",
        "Relu",
        "Sigmoid",
        "HardSwish",
        "Tanh",
        "Softplus",
        "Softsign",
        "Neg",
        "Abs",
        "Exp",
        "Erf",
      ],
      ...["Sign", "Floor", "Ceil", "Round", "Sin", "Cos", "Atan", "Sinh", "Cosh", "Asinh", "Selu", "Celu"],
    ].map((opType) => [opType, unary(opType)]),
  ),
  ...Object.fromEntries(
    ["Log", "Sqrt", "Reciprocal", "Asin", "Acos", "Atanh", "Tan"].map((opType) => [
      opType,
      unary(opType, { before: bounded }),
    ]),
  ),
  Acosh: unary("Acosh", { before: aboveOne }),
  LeakyRelu: unary("LeakyRelu", { attributes: { alpha: floatAttribute(0.2) } }),
  Elu: unary("Elu", { attributes: { alpha: floatAttribute(0.5) } }),
  ThresholdedRelu: unary("ThresholdedRelu", { attributes: { alpha: floatAttribute(0.5) } }),
  HardSigmoid: unary("HardSigmoid", {
    attributes: { alpha: floatAttribute(0.3), beta: floatAttribute(0.4) },
  }),
  Shrink: unary("Shrink", { attributes: { lambd: floatAttribute(0.2), bias: floatAttribute(0.1) } }),
  Gelu: unary("Gelu", { opset: 20, attributes: { approximate: stringAttribute("tanh") } }),
  Mish: unary("Mish", { opset: 18 }),
  Swish: unary("Swish", { opset: 24, attributes: { alpha: floatAttribute(1.5) } }),
  ScaledTanh: unary("ScaledTanh", {
    opset: 9,
    attributes: { alpha: floatAttribute(2), beta: floatAttribute(0.5) },
  }),
  ParametricSoftplus: unary("ParametricSoftplus", {
    opset: 9,
    attributes: { alpha: floatAttribute(2), beta: floatAttribute(0.5) },
  }),
  Affine: unary("Affine", { opset: 9, attributes: { alpha: floatAttribute(2), beta: floatAttribute(0.5) } }),
  "com.microsoft:Gelu": unary("Gelu", MICROSOFT),
  "com.microsoft:QuickGelu": unary("QuickGelu", MICROSOFT),
  Not: unary("Not", { before: positive, after: float }),
  IsNaN: unary("IsNaN", { before: (net, a) => net.builder.op("Log", [a]), after: float }),
  IsInf: unary("IsInf", { before: (net, a) => net.builder.op("Reciprocal", [net.relu(a)]), after: float }),
  BitwiseNot: unary("BitwiseNot", { opset: 18, before: integer, after: float }),
  Cast: [
    {
      name: "to double and back",
      expects: SHRINKS,
      build: between((a, net) => float(net, cast(net, a, DataType.DOUBLE))),
    },
    {
      name: "to integers and back",
      expects: SHRINKS,
      build: between((a, net) => float(net, integer(net, a))),
    },
    {
      name: "of a weight, as exporters write half precision",
      expects: SHRINKS,
      build: between((a, net) => {
        const half = net.builder.weight("half", halfTensor([6, 6, 1, 1], net));
        return net.builder.op("Conv", [a, float(net, half)]);
      }),
    },
  ],
  CastLike: [
    {
      name: "to the type of another tensor",
      expects: SHRINKS,
      build: between((a, net) => net.builder.op("CastLike", [integer(net, a), scalar(net, 0)])),
    },
  ],
  Clip: [
    {
      name: "bounds as inputs",
      expects: SHRINKS,
      build: between((a, net) => net.builder.op("Clip", [a, scalar(net, -0.5), scalar(net, 0.7)])),
    },
    {
      name: "bounds as attributes",
      opset: 10,
      expects: SHRINKS,
      build: between((a, net) =>
        net.builder.op("Clip", [a], { attributes: { min: floatAttribute(0), max: floatAttribute(0.5) } }),
      ),
    },
  ],
  Dropout: [
    {
      name: "at inference, mask read",
      expects: SHRINKS,
      build: between((a, net) => {
        const [y, mask] = net.builder.ops("Dropout", [a], { outputs: 2 }) as [Value, Value];
        return net.builder.op("Where", [mask, y, a]);
      }),
    },
    {
      name: "ratio as attribute",
      opset: 10,
      expects: SHRINKS,
      build: between((a, net) =>
        net.builder.op("Dropout", [a], { attributes: { ratio: floatAttribute(0.4) } }),
      ),
    },
  ],
};

function halfTensor(dims: readonly number[], net: Net): Tensor {
  const size = dims.reduce((a, b) => a * b, 1);
  const bits = Uint16Array.from({ length: size }, () => numberToFloat16(net.random.normal()));
  return rawTensor(DataType.FLOAT16, dims, new Uint8Array(bits.buffer));
}

/** The operator on two activations that must then shrink together, and on one with a constant per channel. */
function binary(opType: string, options: Options = {}): readonly OpCase[] {
  const { attributes, before, after, ...rest } = options;
  const prepare = (net: Net, a: Value): Value => (before === undefined ? a : before(net, a));
  const finish = (net: Net, y: Value): Value => (after === undefined ? y : after(net, y));
  const op = (net: Net, operands: readonly Value[]): Value =>
    finish(net, net.builder.op(opType, operands, attributes === undefined ? {} : { attributes }));
  return [
    {
      name: "two activations",
      expects: SHRINKS,
      ...rest,
      build: between((a, net) => {
        const b = net.conv(net.relu(a), 6, 6, { name: "other" });
        return op(net, [prepare(net, a), prepare(net, b)]);
      }),
    },
    {
      name: "one number a channel",
      expects: SHRINKS,
      ...rest,
      build: between((a, net) =>
        op(net, [prepare(net, a), prepare(net, net.weights("c", [6, 1, 1], 1, 0.3))]),
      ),
    },
    {
      name: "a value a feature stretched over tokens",
      expects: SHRINKS,
      ...rest,
      build: betweenTokens((a, net) =>
        op(net, [prepare(net, a), prepare(net, net.weights("c", [6], 1, 0.3))]),
      ),
    },
  ];
}

const logic = { before: positive, after: float };
const bits = { opset: 18, before: integer, after: float };
const fractions = { before: bounded };
/** Whole numbers from 0 to 7. */
const unsigned = (net: Net, a: Value): Value =>
  cast(net, net.builder.op("Mul", [bounded(net, a), scalar(net, 8)]), DataType.UINT32);

export const BROADCASTING: OpCases = {
  ...Object.fromEntries(
    ["Add", "Sub", "Mul", "Max", "Min", "Sum", "Mean"].map((opType) => [opType, binary(opType)]),
  ),
  ...Object.fromEntries(
    ["Greater", "Less", "GreaterOrEqual", "LessOrEqual"].map((opType) => [
      opType,
      binary(opType, { after: float }),
    ]),
  ),
  ...Object.fromEntries(["And", "Or", "Xor"].map((opType) => [opType, binary(opType, logic)])),
  ...Object.fromEntries(
    ["BitwiseAnd", "BitwiseOr", "BitwiseXor"].map((opType) => [opType, binary(opType, bits)]),
  ),
  Div: binary("Div", fractions),
  Pow: binary("Pow", fractions),
  Mod: binary("Mod", { ...fractions, attributes: { fmod: intAttribute(1) } }),
  Equal: binary("Equal", {
    // Few numbers, so that some are equal.
    before: (net, a) => net.builder.op("Sign", [a]),
    after: float,
  }),
  BitShift: binary("BitShift", {
    before: unsigned,
    after: float,
    attributes: { direction: stringAttribute("LEFT") },
  }),
  Where: [
    {
      name: "condition, both branches live",
      expects: SHRINKS,
      build: between((a, net) => {
        const b = net.conv(net.relu(a), 6, 6, { name: "other" });
        return net.builder.op("Where", [positive(net, b), a, b]);
      }),
    },
    {
      name: "one number a channel, one for all",
      expects: SHRINKS,
      build: between((a, net) =>
        net.builder.op("Where", [positive(net, a), net.weights("c", [1, 6, 1, 1]), scalar(net, -1)]),
      ),
    },
  ],
  PRelu: [
    {
      name: "a slope a channel",
      expects: SHRINKS,
      roles: { "1#0": "scales" },
      build: between((a, net) => net.builder.op("PRelu", [a, net.weights("slope", [6, 1, 1])])),
    },
    {
      name: "one slope",
      expects: SHRINKS,
      build: between((a, net) => net.builder.op("PRelu", [a, net.weights("slope", [1])])),
    },
    {
      name: "a slope a feature",
      expects: SHRINKS,
      build: betweenTokens((a, net) => net.builder.op("PRelu", [a, net.weights("slope", [6])])),
    },
  ],
};
