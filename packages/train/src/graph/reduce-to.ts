// The gradient of broadcasting: the sum over what was broadcast.

import type { Value } from "@espalier/ir";
import type { Arithmetic } from "./arithmetic.js";

/** Sums `x` of shape `from` over the axes along which `to` was broadcast to it. */
export function reduceTo(make: Arithmetic, x: Value, from: readonly number[], to: readonly number[]): Value {
  const missing = from.length - to.length;
  const axes = from.flatMap((size, axis) =>
    axis < missing || (to[axis - missing] === 1 && size !== 1) ? [axis] : [],
  );
  if (axes.length === 0) return from.length === to.length ? x : make.reshape(x, to);
  const summed = make.sum(x, axes);
  return axes.length === missing ? summed : make.reshape(summed, to);
}
