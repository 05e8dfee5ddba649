// Picking places along one axis in memory by a stored list: what borders that go on and resizing by whole pixels are.

import type { GraphTensor } from "../graph/graph-tensor.js";
import { makeOptions } from "../make-options.js";
import type { LowerContext } from "./lower-context.js";

export function gatherPlaces(
  ctx: LowerContext,
  tensor: GraphTensor,
  axis: number,
  places: readonly number[],
): GraphTensor {
  if (places.length === tensor.shape[axis] && places.every((place, i) => place === i)) return tensor;
  const shape = tensor.shape.map((size, i) => (i === axis ? places.length : size));
  const options = makeOptions("GatherOptions", { axis });
  return ctx.emit("GATHER", [tensor, ctx.ints(places)], { shape, type: tensor.type }, options);
}
