// The control of every mask: as many weights in each layer, at other places.

import { seededRandom } from "../random/random.js";
import type { Masks } from "./mask-rule.js";

/** Masks that keep as many entries of each layer, drawn at random, each layer with a sequence of its own. */
export function shuffleMasks(masks: Masks, seed: number): Masks {
  return new Map(
    [...masks].map(([name, mask]) => {
      const kept = mask.reduce((sum, keep) => sum + keep, 0);
      const shuffled = new Uint8Array(mask.length);
      for (const place of seededRandom(seed, `mask ${name}`).sample(mask.length, kept)) shuffled[place] = 1;
      return [name, shuffled] as const;
    }),
  );
}
