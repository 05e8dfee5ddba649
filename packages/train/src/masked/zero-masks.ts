// Masks that keep zeros: for networks whose single weights were pruned.

import { inferFacts, type Model, readFloats, type Tensor } from "@espalier/ir";
import { maskableWeights } from "./maskable-weights.js";

/** By the name of a matrix or filter that has any zero: 0 where it is exactly that, 1 elsewhere. */
export function zeroMasks(model: Model): Map<string, Uint8Array> {
  const facts = inferFacts(model);
  const stored = new Map<string, Tensor>();
  const values = [...model.graph.initializers, ...[...model.graph.nodes].flatMap((node) => node.outputs)];
  for (const value of values) {
    const tensor = value === null ? null : facts.constant(value);
    if (value !== null && tensor !== null) stored.set(value.name, tensor);
  }
  return new Map(
    maskableWeights(model).flatMap(({ name }) => {
      const mask = Uint8Array.from(readFloats(stored.get(name) as Tensor), (w) => (w === 0 ? 0 : 1));
      return mask.includes(0) ? [[name, mask] as const] : [];
    }),
  );
}
