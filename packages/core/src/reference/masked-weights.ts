// The masks of a plan in the masked reference: elements of the original's weights become 0 where the masked ones lie.

import type { Model } from "@espalier/ir";
import { type Arrangement, arrangedPositions } from "../groups/arrangement.js";
import type { GroupAnalysis } from "../groups/find-groups.js";
import { maskTensor, storedByName } from "../plan/apply-masks.js";
import { storedTensor } from "../reconstruct/store-constant.js";
import { replaceConstant } from "../surgery/slice-model.js";

/**
 * Zeroes weights of a model of full width, in place.
 *
 * @param masks by weight, over what is left of it in its new order; 0 goes
 */
export function zeroWeights(
  model: Model,
  analysis: GroupAnalysis,
  arrangement: Arrangement,
  masks: ReadonlyMap<string, Uint8Array>,
): void {
  const stored = storedByName(model);
  for (const [original, axes] of analysis.links.table.entries()) {
    const mask = masks.get(original.name);
    const value = stored.get(original.name);
    const tensor = value === undefined ? null : storedTensor(value);
    if (mask === undefined || value === undefined || tensor === null || axes === null) continue;
    const places = axes.map(
      (layout, axis) =>
        arrangedPositions(layout, arrangement) ??
        Array.from({ length: tensor.dims[axis] as number }, (_, position) => position),
    );
    replaceConstant(value, maskTensor(tensor, spread(mask, tensor.dims, places)));
  }
}

/** The mask over the full weight: 1 for what was removed anyway. */
function spread(
  mask: Uint8Array,
  dims: readonly number[],
  places: readonly (readonly number[])[],
): Uint8Array {
  const full = new Uint8Array(dims.reduce((product, dim) => product * dim, 1)).fill(1);
  let at = 0;
  const walk = (axis: number, offset: number): void => {
    if (axis === dims.length) full[offset] = mask[at++] as number;
    else
      for (const position of places[axis] ?? []) walk(axis + 1, offset * (dims[axis] as number) + position);
  };
  walk(0, 0);
  return full;
}
