// Where the weights of a network come from: a seed, or a checkpoint. Builders do not know which.

import { seededRandom } from "@espalier/core";
import { floatTensor, type Tensor } from "@espalier/ir";
import type { Fans, Initialiser } from "../initialise/initialiser.js";

/** Gives the tensor of one parameter. */
export type WeightSource = (
  name: string,
  dims: readonly number[],
  fans: Fans,
  initialise: Initialiser,
) => Tensor;

/**
 * Weights drawn anew. Every parameter has its own stream, named after it: adding a layer, or leaving one out, changes
 * no other parameter.
 */
export function seededWeights(seed: number): WeightSource {
  return (name, dims, fans, initialise) => {
    const values = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
    initialise(values, fans, seededRandom(seed, name));
    return floatTensor(dims, values, name);
  };
}
