// How rules for operators that act element by element are written: by what ∂y becomes on its way to x.

import { type ElementwiseUnaryView, elementwiseUnary, type OpDefinition, type Value } from "@espalier/ir";
import type { Arithmetic } from "../graph/arithmetic.js";
import { defineGradient, type GradientRule } from "./gradient-rule.js";

/** ∂x from ∂y, x, y and the operator's parameters. */
type Derivative = (make: Arithmetic, dy: Value, view: ElementwiseUnaryView) => Value;

export type UnaryRule = GradientRule<ElementwiseUnaryView>;

export function unary(opType: string, derivative: Derivative, domain = ""): UnaryRule {
  return defineGradient({
    definition: elementwiseUnary.find(
      (one) => one.opType === opType && one.domain === domain,
    ) as OpDefinition<ElementwiseUnaryView>,
    backward: (view, ctx) => {
      if (ctx.wants(view.x)) ctx.give(view.x, derivative(ctx.make, ctx.upstream(view.y), view));
    },
  });
}
