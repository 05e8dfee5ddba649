// Operators that map every element by itself: activations, rounding, trigonometry, logic.
// Clip and Cast read more than this and have their own files; so has Dropout.

import { DataType } from "../data-type.js";
import { type Dim, isStatic, opaqueDim } from "../dim.js";
import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import type { RaiseForm } from "../raise/raise-form.js";
import { negateDim } from "../shape/dim-arithmetic.js";
import { floatOf, requireInput, requireOutput, stringOf } from "./attributes.js";
import { defineOp, type Float32Reason, type OpDefinition } from "./definition.js";

/** x → y of the same shape. */
export interface UnaryView {
  readonly x: Value;
  readonly y: Value;
}

export interface ElementwiseUnaryView extends UnaryView {
  /** Float attributes with their defaults (`alpha` ...); Gelu and Swish variants by name in `variant`. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly variant: string | null;
}

type Map1 = (element: Dim) => Dim;

interface Entry {
  readonly parameters?: Readonly<Record<string, number>>;
  readonly variant?: string;
  readonly bool?: true;
  /** What it does to elements that shape arithmetic goes through. */
  readonly map?: Map1;
  readonly domain?: string;
  readonly float32?: Float32Reason;
  /** What it is in operators of opset 17, where it was experimental and left ONNX in opset 10. */
  readonly raise?: (view: ElementwiseUnaryView, form: RaiseForm) => Value;
}

const numeric =
  (name: string, map: (x: number) => number): Map1 =>
  (x) =>
    isStatic(x) ? map(x) : opaqueDim(name, x);

const ENTRIES: readonly (readonly [string, Entry])[] = [
  ["Identity", { map: (x) => x }],
  // Activations
  ["Relu", { map: numeric("relu", (x) => Math.max(0, x)) }],
  ["LeakyRelu", { parameters: { alpha: 0.01 } }],
  ["ThresholdedRelu", { parameters: { alpha: 1 } }],
  ["Elu", { parameters: { alpha: 1 } }],
  ["Selu", { parameters: { alpha: 1.6732632423543772, gamma: 1.0507009873554805 } }],
  ["Celu", { parameters: { alpha: 1 }, float32: "TYPE" }],
  ["Sigmoid", {}],
  ["HardSigmoid", { parameters: { alpha: 0.2, beta: 0.5 } }],
  ["HardSwish", {}],
  ["Tanh", {}],
  ["ScaledTanh", { parameters: { alpha: 1, beta: 1 }, raise: raisedAround("Tanh") }],
  ["Softplus", {}],
  ["ParametricSoftplus", { parameters: { alpha: 1, beta: 1 }, raise: raisedAround("Softplus") }],
  ["Softsign", {}],
  ["Gelu", { variant: "none" }],
  ["Mish", {}],
  ["Swish", { parameters: { alpha: 1 } }],
  ["Shrink", { parameters: { lambd: 0.5, bias: 0 } }],
  ["Affine", { parameters: { alpha: 1, beta: 0 }, raise: raisedAffine }],
  // Arithmetic
  ["Neg", { map: negateDim }],
  ["Abs", { map: numeric("abs", Math.abs) }],
  ["Reciprocal", { map: numeric("reciprocal", (x) => 1 / x) }],
  ["Sqrt", { map: numeric("sqrt", Math.sqrt) }],
  ["Exp", { map: numeric("exp", Math.exp), float32: "OVERFLOW" }],
  ["Log", { map: numeric("log", Math.log) }],
  ["Erf", {}],
  ["Sign", { map: numeric("sign", Math.sign) }],
  // Rounding: of a whole multiple of a size nothing changes
  ["Floor", { map: rounding("floor", Math.floor) }],
  ["Ceil", { map: rounding("ceil", Math.ceil) }],
  ["Round", { map: rounding("round", roundHalfToEven) }],
  // Trigonometry
  ...["Sin", "Cos", "Tan", "Asin", "Acos", "Atan"].map((opType) => [opType, {}] as const),
  ...["Asinh", "Acosh", "Atanh"].map((opType) => [opType, {}] as const),
  ...["Sinh", "Cosh"].map((opType) => [opType, { float32: "OVERFLOW" }] as const),
  // Logic and bits
  ["Not", { map: numeric("not", (x) => (x === 0 ? 1 : 0)) }],
  ["IsNaN", { bool: true }],
  ["IsInf", { bool: true, float32: "TYPE" }],
  ["BitwiseNot", { map: numeric("bitwise-not", (x) => -1 - x) }],
  // Microsoft's, as ONNX Runtime writes them
  ["Gelu", { domain: "com.microsoft", variant: "none" }],
  ["QuickGelu", { domain: "com.microsoft", parameters: { alpha: 1.702 } }],
];

/** One definition per operator of the family. */
export const elementwiseUnary: readonly OpDefinition<ElementwiseUnaryView>[] = ENTRIES.map(
  ([opType, entry]) =>
    defineOp({
      domain: entry.domain ?? "",
      opType,
      ...(entry.float32 && { float32: entry.float32 }),
      view: (node) => {
        const parameters: Record<string, number> = { ...entry.parameters };
        for (const name of Object.keys(parameters))
          parameters[name] = floatOf(node, name) ?? parameters[name]!;
        return {
          x: requireInput(node, 0),
          y: requireOutput(node, 0),
          parameters,
          variant: entry.variant === undefined ? null : (stringOf(node, "approximate") ?? entry.variant),
        };
      },
      ...(entry.raise && {
        raise: (view: ElementwiseUnaryView, _: Node, form: RaiseForm) =>
          form.replace(view.y, (entry.raise as NonNullable<Entry["raise"]>)(view, form)),
      }),
      infer: ({ x }, facts) => [
        {
          dataType: entry.bool ? DataType.BOOL : facts.dataType(x),
          shape: facts.shape(x),
          contents: entry.map ? (facts.contents(x)?.map(entry.map) ?? null) : null,
        },
      ],
    }),
);

/** α·f(β·x) */
function raisedAround(opType: string): NonNullable<Entry["raise"]> {
  return ({ x, parameters: { alpha = 1, beta = 1 } }, form) => {
    const factor = (value: number): Value => form.float(value, form.dataType(x));
    return form.op("Mul", [form.op(opType, [form.op("Mul", [x, factor(beta)])]), factor(alpha)]);
  };
}

/** α·x + β */
function raisedAffine(
  { x, parameters: { alpha = 1, beta = 0 } }: ElementwiseUnaryView,
  form: RaiseForm,
): Value {
  const number = (value: number): Value => form.float(value, form.dataType(x));
  return form.op("Add", [form.op("Mul", [x, number(alpha)]), number(beta)]);
}

function rounding(name: string, map: (x: number) => number): Map1 {
  return (x) => (!isStatic(x) && Number.isInteger(x.coefficient) ? x : numeric(name, map)(x));
}

function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  return x - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(x);
}
