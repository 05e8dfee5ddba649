// Elementary functions, element by element.

import { type UnaryRule, unary } from "./unary-rule.js";

/** One rule for each. */
export const elementaryFunctions: readonly UnaryRule[] = [
  { ...unary("Identity", (_, dy) => dy), arranges: ({ x }) => [x], identity: true },
  // ∂x = −∂y
  unary("Neg", (make, dy) => make.negate(dy)),
  // ∂x = ∂y·sign(x)
  unary("Abs", (make, dy, { x }) => make.multiply(dy, make.op("Sign", [x]))),
  // ∂x = −∂y·y²
  unary("Reciprocal", (make, dy, { y }) => make.negate(make.multiply(dy, make.square(y)))),
  // ∂x = ∂y/(2·y)
  unary("Sqrt", (make, dy, { y }) => make.divide(make.scale(dy, 0.5), y)),
  // ∂x = ∂y·y
  unary("Exp", (make, dy, { y }) => make.multiply(dy, y)),
  // ∂x = ∂y/x
  unary("Log", (make, dy, { x }) => make.divide(dy, x)),
  // ∂x = ∂y·2/√π·e^(−x²)
  unary("Erf", (make, dy, { x }) =>
    make.multiply(dy, make.scale(make.exp(make.negate(make.square(x))), 2 / Math.sqrt(Math.PI))),
  ),
  // ∂x = ∂y·cos x
  unary("Sin", (make, dy, { x }) => make.multiply(dy, make.op("Cos", [x]))),
  // ∂x = −∂y·sin x
  unary("Cos", (make, dy, { x }) => make.negate(make.multiply(dy, make.op("Sin", [x])))),
  // ∂x = ∂y·(1 + y²)
  unary("Tan", (make, dy, { y }) => make.multiply(dy, make.add(make.square(y), make.scalar(1)))),
  // ∂x = ∂y/√(1 − x²)
  unary("Asin", (make, dy, { x }) =>
    make.divide(dy, make.sqrt(make.subtract(make.scalar(1), make.square(x)))),
  ),
  // ∂x = −∂y/√(1 − x²)
  unary("Acos", (make, dy, { x }) =>
    make.negate(make.divide(dy, make.sqrt(make.subtract(make.scalar(1), make.square(x))))),
  ),
  // ∂x = ∂y/(1 + x²)
  unary("Atan", (make, dy, { x }) => make.divide(dy, make.add(make.square(x), make.scalar(1)))),
  // ∂x = ∂y·cosh x
  unary("Sinh", (make, dy, { x }) => make.multiply(dy, make.op("Cosh", [x]))),
  // ∂x = ∂y·sinh x
  unary("Cosh", (make, dy, { x }) => make.multiply(dy, make.op("Sinh", [x]))),
  // ∂x = ∂y/√(x² + 1)
  unary("Asinh", (make, dy, { x }) => make.divide(dy, make.sqrt(make.add(make.square(x), make.scalar(1))))),
  // ∂x = ∂y/√(x² − 1)
  unary("Acosh", (make, dy, { x }) =>
    make.divide(dy, make.sqrt(make.subtract(make.square(x), make.scalar(1)))),
  ),
  // ∂x = ∂y/(1 − x²)
  unary("Atanh", (make, dy, { x }) => make.divide(dy, make.subtract(make.scalar(1), make.square(x)))),
];
