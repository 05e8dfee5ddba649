// Which constants of a network of the zoo are trained: names say it, as in PyTorch.

import type { Model, Tensor } from "@espalier/ir";

/** Weights, scales and biases; not running statistics, tables of positions, masks, bounds. */
export function isParameterName(name: string): boolean {
  return name.endsWith(".weight") || name.endsWith(".bias");
}

/** Running means and variances of batch normalisations: kept with the parameters, but not trained. */
export function isStatisticName(name: string): boolean {
  return name.endsWith(".running_mean") || name.endsWith(".running_var");
}

/** Parameters and running statistics by name: what PyTorch calls the state of a network. */
export function namedWeights(model: Model): Map<string, Tensor> {
  const weights = new Map<string, Tensor>();
  for (const { name, initializer } of model.graph.initializers)
    if (initializer !== null && (isParameterName(name) || isStatisticName(name)))
      weights.set(name, initializer);
  return weights;
}

/** Number of trained parameters of a network of the zoo, as papers count them: what is shared counts once. */
export function countTrained(model: Model): number {
  let count = 0;
  for (const { name, initializer } of model.graph.initializers)
    if (initializer !== null && isParameterName(name)) count += initializer.size;
  return count;
}
