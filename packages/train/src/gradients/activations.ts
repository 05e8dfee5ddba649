// Activations in pieces: straight or exponential on either side of a kink, at which the derivative is that from the left
// (Relu: 0), as everybody has it. And the smooth ones made of exponentials.

import { DataType } from "@espalier/ir";
import { type UnaryRule, unary } from "./unary-rule.js";

/** One rule for each; `α`, `β`, `γ`, `λ` are the operator's attributes. */
export const activations: readonly UnaryRule[] = [
  // ∂x = ∂y where y > 0. A product with 0 and 1 is faster than a choice: benchmarks/gradient-forms.mjs.
  unary("Relu", (make, dy, { y }) =>
    make.multiply(dy, make.cast(make.greater(y, make.scalar(0)), DataType.FLOAT)),
  ),
  // ∂x = ∂y where x > 0, else α·∂y
  unary("LeakyRelu", (make, dy, { x, parameters: { alpha = 0 } }) =>
    make.where(make.greater(x, make.scalar(0)), dy, make.scale(dy, alpha)),
  ),
  // ∂x = ∂y where x > α
  unary("ThresholdedRelu", (make, dy, { x, parameters: { alpha = 0 } }) =>
    make.keep(make.greater(x, make.scalar(alpha)), dy),
  ),
  // ∂x = ∂y where |x| > λ
  unary("Shrink", (make, dy, { x, parameters: { lambd = 0 } }) =>
    make.keep(make.greater(make.op("Abs", [x]), make.scalar(lambd)), dy),
  ),
  // ∂x = ∂y where x > 0, else ∂y·α·eˣ = ∂y·(y + α)
  unary("Elu", (make, dy, { x, y, parameters: { alpha = 0 } }) =>
    make.where(make.greater(x, make.scalar(0)), dy, make.multiply(dy, make.add(y, make.scalar(alpha)))),
  ),
  // ∂x = γ·∂y where x > 0, else ∂y·γ·α·eˣ = ∂y·(y + γ·α)
  unary("Selu", (make, dy, { x, y, parameters: { alpha = 0, gamma = 0 } }) =>
    make.where(
      make.greater(x, make.scalar(0)),
      make.scale(dy, gamma),
      make.multiply(dy, make.add(y, make.scalar(gamma * alpha))),
    ),
  ),
  // ∂x = ∂y where x > 0, else ∂y·e^(x/α) = ∂y·(y/α + 1)
  unary("Celu", (make, dy, { x, y, parameters: { alpha = 1 } }) =>
    make.where(
      make.greater(x, make.scalar(0)),
      dy,
      make.multiply(dy, make.add(make.scale(y, 1 / alpha), make.scalar(1))),
    ),
  ),
  // ∂x = α·∂y where 0 < y < 1
  unary("HardSigmoid", (make, dy, { y, parameters: { alpha = 0 } }) => {
    const inside = make.op("And", [make.greater(y, make.scalar(0)), make.greater(make.scalar(1), y)]);
    return make.keep(inside, make.scale(dy, alpha));
  }),
  // ∂x = ∂y above 3, 0 below −3, ∂y·(2·x + 3)/6 between
  unary("HardSwish", (make, dy, { x }) => {
    const slope = make.scale(make.add(make.scale(x, 2), make.scalar(3)), 1 / 6);
    const rising = make.keep(make.greater(x, make.scalar(-3)), make.multiply(dy, slope));
    return make.where(make.greater(x, make.scalar(3)), dy, rising);
  }),
  // ∂x = ∂y·y·(1 − y)
  unary("Sigmoid", (make, dy, { y }) =>
    make.multiply(dy, make.multiply(y, make.subtract(make.scalar(1), y))),
  ),
  // ∂x = ∂y·(1 − y²)
  unary("Tanh", (make, dy, { y }) => make.multiply(dy, make.subtract(make.scalar(1), make.square(y)))),
  // ∂x = ∂y·σ(x)
  unary("Softplus", (make, dy, { x }) => make.multiply(dy, make.sigmoid(x))),
  // ∂x = ∂y/(1 + |x|)²
  unary("Softsign", (make, dy, { x }) =>
    make.divide(dy, make.square(make.add(make.op("Abs", [x]), make.scalar(1)))),
  ),
];
