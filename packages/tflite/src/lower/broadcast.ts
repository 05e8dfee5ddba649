// Arithmetic, comparison, logic and selection on operands that are broadcast together.

import { type BroadcastView, broadcasting, type OpDefinition, type Value } from "@espalier/ir";
import type { GraphTensor } from "../graph/graph-tensor.js";
import { physicalShape } from "../layout/layout.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";
import { apply, combine, multiply } from "./arithmetic.js";
import { commonLayout } from "./broadcast-layout.js";
import type { LowerContext } from "./lower-context.js";
import { defineLowering, type Lowering } from "./lowering.js";

type Compute = (ctx: LowerContext, operands: readonly GraphTensor[], view: BroadcastView) => GraphTensor;

/** From left to right, as TFLite's take two. */
const pairwise =
  (builtin: BuiltinOperator): Compute =>
  (ctx, operands) =>
    operands.slice(1).reduce((a, b) => combine(ctx, builtin, a, b), operands[0] as GraphTensor);

const compared =
  (builtin: BuiltinOperator): Compute =>
  (ctx, [a, b]) =>
    combine(ctx, builtin, a as GraphTensor, b as GraphTensor, "BOOL");

const ENTRIES: Readonly<Record<string, Compute>> = {
  Add: pairwise("ADD"),
  Sub: pairwise("SUB"),
  Mul: pairwise("MUL"),
  Div: (ctx, operands, view) =>
    isFloat(operands) ? pairwise("DIV")(ctx, operands, view) : integerQuotient(ctx, operands),
  Pow: power,
  Mod: (ctx, operands, view) =>
    isFloat(operands)
      ? ctx.refuse("TYPE_NOT_LOWERED", "the remainder of floats has another sign in TFLite", "Use integers.")
      : pairwise("FLOOR_MOD")(ctx, operands, view),
  Max: pairwise("MAXIMUM"),
  Min: pairwise("MINIMUM"),
  Sum: pairwise("ADD"),
  Mean: (ctx, operands, view) => multiply(ctx, pairwise("ADD")(ctx, operands, view), 1 / operands.length),
  And: pairwise("LOGICAL_AND"),
  Or: pairwise("LOGICAL_OR"),
  Equal: compared("EQUAL"),
  Greater: compared("GREATER"),
  Less: compared("LESS"),
  GreaterOrEqual: compared("GREATER_EQUAL"),
  LessOrEqual: compared("LESS_EQUAL"),
  Xor: compared("NOT_EQUAL"),
  Where: select,
};

export const broadcastLowerings: readonly Lowering<BroadcastView>[] = Object.entries(ENTRIES).map(
  ([opType, compute]) =>
    defineLowering({
      definition: broadcasting.find((one) => one.opType === opType) as OpDefinition<BroadcastView>,
      layouts: "any",
      lower: (view, ctx) => {
        const shape = ctx.shape(view.y);
        const layout = commonLayout(ctx, view.operands, shape.length);
        const operands = view.operands.map((operand) => ctx.readBroadcast(operand, layout));
        const result = compute(ctx, operands, view);
        // Operands of size 1 leave out axes that the result has.
        ctx.place(view.y, ctx.reshape(result, physicalShape(shape, layout)), layout);
      },
    }),
);

function isFloat([first]: readonly GraphTensor[]): boolean {
  return first?.type === "FLOAT32";
}

/** Towards zero, as ONNX Runtime; TFLite's DIV of int32 is C's. */
function integerQuotient(ctx: LowerContext, operands: readonly GraphTensor[]): GraphTensor {
  return combine(ctx, "DIV", operands[0] as GraphTensor, operands[1] as GraphTensor);
}

/** A square and a root have operators that any accelerator knows. */
function power(ctx: LowerContext, [a, b]: readonly GraphTensor[], { operands }: BroadcastView): GraphTensor {
  const [x, exponent] = [a as GraphTensor, b as GraphTensor];
  const numbers = ctx.numbers(operands[1] as Value);
  const only = numbers !== null && numbers.length === 1 ? numbers[0] : null;
  if (only === 1) return x;
  if (only === 2) return combine(ctx, "MUL", x, x);
  if (only === 0.5) return apply(ctx, "SQRT", x);
  if (x.type === exponent.type) return combine(ctx, "POW", x, exponent);
  if (numbers === null)
    return ctx.refuse("TYPE_NOT_LOWERED", "base and exponent have different types", "Cast the exponent.");
  return combine(ctx, "POW", x, ctx.floats(exponent.shape, numbers));
}

function select(
  ctx: LowerContext,
  [condition, a, b]: readonly GraphTensor[],
  { y }: BroadcastView,
): GraphTensor {
  const [yes, no] = [a as GraphTensor, b as GraphTensor];
  const rank = ctx.shape(y).length;
  const shape = [condition as GraphTensor, yes, no].reduce<number[]>(
    (sum, { shape: own }) => sum.map((size, i) => Math.max(size, own[i - rank + own.length] ?? 1)),
    new Array<number>(rank).fill(1),
  );
  return ctx.emit("SELECT_V2", [condition as GraphTensor, yes, no], { shape, type: yes.type });
}
