// Operators that act on every element by itself. The result lies as the operand does.

import { type ElementwiseUnaryView, elementwiseUnary, type OpDefinition } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import { makeOptions } from "../make-options.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";
import { add, apply, combine, divide, multiply } from "./arithmetic.js";
import type { LowerContext } from "./lower-context.js";
import { defineLowering, type Lowering } from "./lowering.js";

type Compute = (ctx: LowerContext, x: GraphTensor, view: ElementwiseUnaryView) => GraphTensor;

/** For operators that TFLite has by itself. */
const plain =
  (builtin: BuiltinOperator): Compute =>
  (ctx, x) =>
    apply(ctx, builtin, x);

const parameter = ({ parameters }: ElementwiseUnaryView, name: string): number => parameters[name] as number;

const ENTRIES: readonly (readonly [opType: string, compute: Compute, domain?: string])[] = [
  ["Identity", (_, x) => x],
  ["Relu", plain("RELU")],
  [
    "LeakyRelu",
    (ctx, x, view) =>
      ctx.emit(
        "LEAKY_RELU",
        [x],
        { shape: x.shape },
        makeOptions("LeakyReluOptions", { alpha: parameter(view, "alpha") }),
      ),
  ],
  ["ThresholdedRelu", thresholded],
  ["Elu", (ctx, x, view) => elu(ctx, x, parameter(view, "alpha"))],
  ["Selu", (ctx, x, view) => multiply(ctx, elu(ctx, x, parameter(view, "alpha")), parameter(view, "gamma"))],
  ["Celu", celu],
  ["Sigmoid", plain("LOGISTIC")],
  ["HardSigmoid", (ctx, x, view) => hardSigmoid(ctx, x, parameter(view, "alpha"), parameter(view, "beta"))],
  ["HardSwish", plain("HARD_SWISH")],
  ["Tanh", plain("TANH")],
  ["Softplus", softplus],
  ["Softsign", (ctx, x) => divide(ctx, x, add(ctx, apply(ctx, "ABS", x), 1))],
  ["Gelu", gelu],
  ["Gelu", gelu, "com.microsoft"],
  ["Mish", (ctx, x) => multiply(ctx, x, apply(ctx, "TANH", softplus(ctx, x)))],
  ["Swish", (ctx, x, view) => swish(ctx, x, parameter(view, "alpha"))],
  ["QuickGelu", (ctx, x, view) => swish(ctx, x, parameter(view, "alpha")), "com.microsoft"],
  ["Affine", (ctx, x, view) => add(ctx, multiply(ctx, x, parameter(view, "alpha")), parameter(view, "beta"))],
  [
    "ScaledTanh",
    (ctx, x, view) =>
      multiply(ctx, apply(ctx, "TANH", multiply(ctx, x, parameter(view, "beta"))), parameter(view, "alpha")),
  ],
  ["Neg", plain("NEG")],
  ["Abs", plain("ABS")],
  ["Reciprocal", (ctx, x) => divide(ctx, 1, x)],
  ["Sqrt", plain("SQRT")],
  ["Exp", plain("EXP")],
  ["Log", plain("LOG")],
  ["Sign", plain("SIGN")],
  ["Floor", plain("FLOOR")],
  ["Ceil", plain("CEIL")],
  ["Round", plain("ROUND")],
  ["Sin", plain("SIN")],
  ["Cos", plain("COS")],
  ["Tan", (ctx, x) => divide(ctx, apply(ctx, "SIN", x), apply(ctx, "COS", x))],
  ["Not", plain("LOGICAL_NOT")],
];

export const activations: readonly Lowering<ElementwiseUnaryView>[] = ENTRIES.map(
  ([opType, compute, domain = ""]) =>
    defineLowering({
      definition: elementwiseUnary.find(
        (one) => one.opType === opType && one.domain === domain,
      ) as OpDefinition<ElementwiseUnaryView>,
      layouts: "any",
      lower: (view, ctx) => {
        const { tensor, layout, scramble } = ctx.placement(view.x);
        ctx.place(view.y, compute(ctx, tensor, view), layout, scramble);
      },
    }),
);

/** x where x > α, else 0. */
function thresholded(ctx: LowerContext, x: GraphTensor, view: ElementwiseUnaryView): GraphTensor {
  const above = combine(ctx, "GREATER", x, parameter(view, "alpha"), "BOOL");
  return ctx.emit("SELECT_V2", [above, x, ctx.scalar(0)], { shape: x.shape });
}

/** x for x ≥ 0, else α·(eˣ − 1). TFLite's own has α = 1. */
function elu(ctx: LowerContext, x: GraphTensor, alpha: number): GraphTensor {
  if (alpha === 1) return apply(ctx, "ELU", x);
  // ELU of the negative half is eˣ − 1 without cancellation.
  const negative = multiply(ctx, apply(ctx, "ELU", combine(ctx, "MINIMUM", x, 0)), alpha);
  return add(ctx, apply(ctx, "RELU", x), negative);
}

/** max(0, x) + min(0, α·(exp(x/α) − 1)) */
function celu(ctx: LowerContext, x: GraphTensor, view: ElementwiseUnaryView): GraphTensor {
  const alpha = parameter(view, "alpha");
  return multiply(ctx, apply(ctx, "ELU", multiply(ctx, x, 1 / alpha)), alpha);
}

/** min(max(α·x + β, 0), 1), by the activation that can be fused: RELU6(6·(α·x + β)) / 6. */
function hardSigmoid(ctx: LowerContext, x: GraphTensor, alpha: number, beta: number): GraphTensor {
  // 1/6 as a float is what exporters write for it.
  const slope = Math.fround(alpha) === Math.fround(1 / 6) ? 1 : 6 * alpha;
  const shifted = add(ctx, multiply(ctx, x, slope), 6 * beta);
  return multiply(ctx, apply(ctx, "RELU6", shifted), 1 / 6);
}

/** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|) */
function softplus(ctx: LowerContext, x: GraphTensor): GraphTensor {
  const small = apply(ctx, "EXP", apply(ctx, "NEG", apply(ctx, "ABS", x)));
  return add(ctx, apply(ctx, "RELU", x), apply(ctx, "LOG", add(ctx, small, 1)));
}

function gelu(ctx: LowerContext, x: GraphTensor, { variant }: ElementwiseUnaryView): GraphTensor {
  const options = makeOptions("GeluOptions", { approximate: variant === "tanh" });
  return ctx.emit("GELU", [x], { shape: x.shape }, options);
}

/** x·σ(α·x) */
function swish(ctx: LowerContext, x: GraphTensor, alpha: number): GraphTensor {
  return multiply(ctx, x, apply(ctx, "LOGISTIC", multiply(ctx, x, alpha)));
}
