// What the normalisations share: a tensor brought to mean 0 and deviation 1 over some axes, or to root mean square 1.

import type { Value } from "@espalier/ir";
import type { GradientContext } from "../differentiate/gradient-context.js";

export interface Standardised {
  /** x̂ = (x − μ)/σ with σ² = mean (x − μ)² + ε; without centring μ = 0. */
  readonly value: Value;
  /** ∂x, given the gradient of x̂: (∂x̂ − mean ∂x̂ − x̂·mean(∂x̂·x̂))/σ, without the first mean where μ = 0. */
  back(gradient: Value): Value;
}

export function standardise(
  { make }: GradientContext,
  x: Value,
  shape: readonly number[],
  axes: readonly number[],
  epsilon: number,
  centred: boolean,
): Standardised {
  const count = axes.reduce((all, axis) => all * (shape[axis] as number), 1);
  const mean = (value: Value): Value => make.scale(make.sum(value, axes, true), 1 / count);
  const apart = centred ? make.subtract(x, mean(x)) : x;
  const deviation = make.sqrt(make.add(mean(make.square(apart)), make.scalar(epsilon)));
  const inverse = make.reciprocal(deviation);
  const value = make.multiply(apart, inverse);
  return {
    value,
    back: (gradient) => {
      const level = centred ? make.subtract(gradient, mean(gradient)) : gradient;
      const along = make.multiply(value, mean(make.multiply(gradient, value)));
      return make.multiply(make.subtract(level, along), inverse);
    },
  };
}
