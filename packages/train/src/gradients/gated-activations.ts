// Activations of the form x·g(x) with a smooth gate g: ∂x = ∂y·(g + x·g′).

import type { Value } from "@espalier/ir";
import type { Arithmetic } from "../graph/arithmetic.js";
import { type UnaryRule, unary } from "./unary-rule.js";

/** ∂y·(g + x·g′) */
function gated(make: Arithmetic, dy: Value, x: Value, gate: Value, slope: Value): Value {
  return make.multiply(dy, make.add(gate, make.multiply(x, slope)));
}

/** g = σ(α·x), g′ = α·g·(1 − g). */
function swish(make: Arithmetic, dy: Value, x: Value, alpha: number): Value {
  const gate = make.sigmoid(make.scale(x, alpha));
  const slope = make.scale(make.multiply(gate, make.subtract(make.scalar(1), gate)), alpha);
  return gated(make, dy, x, gate, slope);
}

/** g = Φ(x), the normal distribution; g′ = φ(x), its density (Hendrycks and Gimpel 2016, arXiv:1606.08415). */
function gelu(make: Arithmetic, dy: Value, x: Value): Value {
  const gate = make.scale(make.add(make.op("Erf", [make.scale(x, Math.SQRT1_2)]), make.scalar(1)), 0.5);
  const density = make.scale(make.exp(make.scale(make.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return gated(make, dy, x, gate, density);
}

/** g = (1 + tanh u)/2 with u = √(2/π)·(x + 0.044715·x³); g′ = (1 − tanh² u)/2·√(2/π)·(1 + 3·0.044715·x²). */
function geluByTanh(make: Arithmetic, dy: Value, x: Value): Value {
  const [factor, cubic] = [Math.sqrt(2 / Math.PI), 0.044715];
  const squared = make.square(x);
  const inner = make.scale(make.add(make.scale(squared, cubic), make.scalar(1)), factor);
  const t = make.tanh(make.multiply(x, inner));
  const gate = make.scale(make.add(t, make.scalar(1)), 0.5);
  const innerSlope = make.scale(make.add(make.scale(squared, 3 * cubic), make.scalar(1)), factor / 2);
  const slope = make.multiply(make.subtract(make.scalar(1), make.square(t)), innerSlope);
  return gated(make, dy, x, gate, slope);
}

/** One rule for each. */
export const gatedActivations: readonly UnaryRule[] = [
  unary("Gelu", (make, dy, { x, variant }) =>
    variant === "tanh" ? geluByTanh(make, dy, x) : gelu(make, dy, x),
  ),
  unary("Gelu", (make, dy, { x }) => gelu(make, dy, x), "com.microsoft"),
  unary(
    "QuickGelu",
    (make, dy, { x, parameters: { alpha = 1 } }) => swish(make, dy, x, alpha),
    "com.microsoft",
  ),
  unary("Swish", (make, dy, { x, parameters: { alpha = 1 } }) => swish(make, dy, x, alpha)),
  // g = tanh(softplus x), g′ = (1 − g²)·σ(x)
  unary("Mish", (make, dy, { x }) => {
    const gate = make.tanh(make.op("Softplus", [x]));
    const slope = make.multiply(make.subtract(make.scalar(1), make.square(gate)), make.sigmoid(x));
    return gated(make, dy, x, gate, slope);
  }),
];
