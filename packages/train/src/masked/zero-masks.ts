// Masks that keep zeros: for networks whose single weights were pruned.

import { type Model, readFloats } from "@espalier/ir";
import { type MaskableOptions, maskableWeights } from "./maskable-weights.js";

/** By the name of a matrix or filter that has any zero: 0 where it is exactly that, 1 elsewhere. */
export function zeroMasks(model: Model, options: MaskableOptions = {}): Map<string, Uint8Array> {
  return new Map(
    maskableWeights(model, options).flatMap(({ name, tensor }) => {
      const mask = Uint8Array.from(readFloats(tensor), (w) => (w === 0 ? 0 : 1));
      return mask.includes(0) ? [[name, mask] as const] : [];
    }),
  );
}
