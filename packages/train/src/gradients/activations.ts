// Relu and its kind: element by element, the derivative from the input or the output.

import {
  DataType,
  type ElementwiseUnaryView,
  elementwiseUnary,
  type OpDefinition,
  type Value,
} from "@espalier/ir";
import type { Arithmetic } from "../graph/arithmetic.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** What ∂y becomes on its way to x. */
type Derivative = (make: Arithmetic, dy: Value, view: ElementwiseUnaryView) => Value;

const unary = (opType: string, derivative: Derivative): GradientRule<ElementwiseUnaryView> =>
  defineGradient({
    definition: elementwiseUnary.find(
      (one) => one.opType === opType && one.domain === "",
    ) as OpDefinition<ElementwiseUnaryView>,
    backward: (view, ctx) => ctx.give(view.x, derivative(ctx.make, ctx.upstream(view.y), view)),
  });

/** One rule for each. */
export const activations: readonly GradientRule<ElementwiseUnaryView>[] = [
  unary("Identity", (_, dy) => dy),
  // ∂x = ∂y where y > 0; 0 at the kink, as everybody has it.
  // A product with 0 and 1 takes two thirds of the time of a choice.
  unary("Relu", (make, dy, { y }) =>
    make.multiply(dy, make.cast(make.greater(y, make.scalar(0)), DataType.FLOAT)),
  ),
  // ∂x = ∂y·y·(1 − y)
  unary("Sigmoid", (make, dy, { y }) =>
    make.multiply(dy, make.multiply(y, make.subtract(make.scalar(1), y))),
  ),
  // ∂x = ∂y·(1 − y²)
  unary("Tanh", (make, dy, { y }) => make.multiply(dy, make.subtract(make.scalar(1), make.multiply(y, y)))),
  // ∂x = −∂y
  unary("Neg", (make, dy) => make.negate(dy)),
  // ∂x = ∂y·y
  unary("Exp", (make, dy, { y }) => make.multiply(dy, y)),
  // ∂x = ∂y/x
  unary("Log", (make, dy, { x }) => make.divide(dy, x)),
  // ∂x = ∂y/(2·y)
  unary("Sqrt", (make, dy, { y }) => make.divide(make.scale(dy, 0.5), y)),
];
