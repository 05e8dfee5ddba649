// Every order of a data set is drawn from a seed alone, so that training which stops can go on to the bit.

import { seededRandom } from "@espalier/core";

/** 0 … count − 1 in an order that `seed` and `stream` decide (Fisher and Yates). */
export function permutation(count: number, seed: number, stream: string): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const random = seededRandom(seed, stream);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(0, i);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}
