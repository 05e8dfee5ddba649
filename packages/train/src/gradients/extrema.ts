// The gradient of a maximum or minimum over axes.

import type { Value } from "@espalier/ir";
import type { GradientContext } from "../differentiate/gradient-context.js";

/**
 * Gives ∂y to the elements of x that are y; equal ones share it.
 *
 * @param y, dy of the shape of x with 1 in the place of `axes`
 */
export function giveToExtrema(
  ctx: GradientContext,
  x: Value,
  y: Value,
  dy: Value,
  axes: readonly number[],
): void {
  const { make } = ctx;
  const hits = make.equalAsFloat(x, y);
  ctx.give(x, make.multiply(hits, make.divide(dy, make.sum(hits, axes, true))));
}
