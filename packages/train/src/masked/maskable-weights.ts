// Which weights element masks lie on: matrices and filters, not biases and scales.

import { inferFacts, type Model, type Tensor } from "@espalier/ir";
import { defaultGradients } from "../gradients/all.js";
import type { GradientRegistry } from "../gradients/gradient-rule.js";
import { findParameters } from "../step/parameters.js";

export interface MaskableWeight {
  readonly name: string;
  readonly dims: readonly number[];
  readonly tensor: Tensor;
}

export interface MaskableOptions {
  readonly bindings?: Readonly<Record<string, number>>;
  readonly rules?: GradientRegistry;
  /** Which weights change. All by default. */
  readonly trains?: (name: string) => boolean;
}

/** The weights with two axes or more that training changes, in the order of the network. */
export function maskableWeights(model: Model, options: MaskableOptions = {}): MaskableWeight[] {
  const { bindings = {}, rules = defaultGradients(), trains = () => true } = options;
  const facts = inferFacts(model, { bindings });
  return findParameters(model.graph, facts, rules)
    .weights.map((value) => {
      const tensor = facts.constant(value) as Tensor;
      return { name: value.name, dims: tensor.dims, tensor };
    })
    .filter(({ name, dims }) => dims.length >= 2 && trains(name));
}
