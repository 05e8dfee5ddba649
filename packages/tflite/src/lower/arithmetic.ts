// Short names for TFLite's operators that act element by element, on tensors as they lie. Shapes broadcast.

import type { GraphTensor } from "../graph/graph-tensor.js";
import type { BuiltinOperator } from "../schema/builtin-operator.js";
import type { TensorType } from "../schema/enums.js";
import type { LowerContext } from "./lower-context.js";

/** One operand; the result has its shape and type. */
export function apply(ctx: LowerContext, builtin: BuiltinOperator, x: GraphTensor): GraphTensor {
  return ctx.emit(builtin, [x], { shape: x.shape, type: x.type });
}

/** Two operands, or one and a number. */
export function combine(
  ctx: LowerContext,
  builtin: BuiltinOperator,
  a: GraphTensor | number,
  b: GraphTensor | number,
  type?: TensorType,
): GraphTensor {
  const [left, right] = [a, b].map((one) => (typeof one === "number" ? ctx.scalar(one) : one)) as [
    GraphTensor,
    GraphTensor,
  ];
  const shape = broadcastShape(left.shape, right.shape);
  return ctx.emit(builtin, [left, right], { shape, type: type ?? left.type });
}

export function add(ctx: LowerContext, a: GraphTensor | number, b: GraphTensor | number): GraphTensor {
  return b === 0 && typeof a !== "number" ? a : combine(ctx, "ADD", a, b);
}

export function subtract(ctx: LowerContext, a: GraphTensor | number, b: GraphTensor | number): GraphTensor {
  return combine(ctx, "SUB", a, b);
}

export function multiply(ctx: LowerContext, a: GraphTensor | number, b: GraphTensor | number): GraphTensor {
  return b === 1 && typeof a !== "number" ? a : combine(ctx, "MUL", a, b);
}

export function divide(ctx: LowerContext, a: GraphTensor | number, b: GraphTensor | number): GraphTensor {
  return combine(ctx, "DIV", a, b);
}

export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [left, right] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    return left === 1 ? right : left;
  });
}
