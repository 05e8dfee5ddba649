// Operators that are linear maps along some axes, one axis after the other: the gradient is the transposed maps.

import type { Value } from "@espalier/ir";
import type { GradientContext } from "../differentiate/gradient-context.js";
import { isIdentity, type LinearMap, transposedAlong } from "../graph/linear-map.js";

/** Gives x its gradient: ∂x = A₁ᵀ·…·Aₙᵀ·∂y with the maps A by axis; null for an axis that nothing happens to. */
export function giveTransposed(
  ctx: GradientContext,
  x: Value,
  y: Value,
  maps: readonly (LinearMap | null)[],
): void {
  if (!ctx.wants(x)) return;
  let value = ctx.upstream(y);
  let shape = ctx.shape(y);
  for (const [axis, map] of maps.entries()) {
    if (map === null || isIdentity(map)) continue;
    ({ value, shape } = transposedAlong(ctx.make, value, shape, axis, map));
  }
  ctx.give(x, value);
}
