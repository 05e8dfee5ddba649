// A network as if it had never been trained.

import { type Random, seededRandom } from "@espalier/core";
import { cloneModel, inferFacts, type Model, type Tensor } from "@espalier/ir";
import { enterTraining } from "../differentiate/enter-training.js";
import { staticShape } from "../differentiate/static-shape.js";
import { defaultGradients } from "../gradients/all.js";
import type { GradientRegistry } from "../gradients/gradient-rule.js";
import { Arithmetic } from "../graph/arithmetic.js";
import { elementCount } from "../graph/element-count.js";
import { findParameters, requireParameters } from "../step/parameters.js";
import { writeWeights } from "../step/write-weights.js";

/**
 * Fills one parameter. `values` are zeros; the generator is the parameter's own, so that the numbers do not depend on
 * which other parameters there are.
 */
export type InitialiseParameter = (
  parameter: { readonly name: string; readonly dims: readonly number[] },
  values: Float32Array,
  random: Random,
) => void;

export interface ReinitialiseOptions {
  readonly model: Model;
  /** Sizes of all symbolic dimensions. */
  readonly bindings: Readonly<Record<string, number>>;
  readonly initialise: InitialiseParameter;
  readonly seed: number;
  readonly rules?: GradientRegistry;
  /** Which parameters are drawn anew. All by default. */
  readonly trains?: (name: string) => boolean;
}

/**
 * A copy with all parameters drawn anew, and moving statistics as before the first batch.
 *
 * @throws EspalierError `NOTHING_TO_TRAIN`, `SIZE_UNKNOWN`
 */
export function reinitialise(options: ReinitialiseOptions): Model {
  const { model, bindings, initialise, seed, rules = defaultGradients(), trains = () => true } = options;
  const facts = inferFacts(model, { bindings });
  const found = findParameters(model.graph, facts, rules);
  const parameters = found.weights.filter(({ name }) => trains(name));
  requireParameters(parameters, found);
  const weights = new Map<string, Float32Array>();
  for (const value of parameters) {
    const { dims, size } = facts.constant(value) as Tensor;
    const values = new Float32Array(size);
    initialise({ name: value.name, dims }, values, seededRandom(seed, `initialise ${value.name}`));
    weights.set(value.name, values);
  }
  for (const { name, size, fresh } of movingStatistics(model, bindings, rules))
    weights.set(name, new Float32Array(size).fill(fresh));
  return writeWeights(model, weights);
}

function movingStatistics(
  model: Model,
  bindings: Readonly<Record<string, number>>,
  rules: GradientRegistry,
): { name: string; size: number; fresh: number }[] {
  const { model: copy } = cloneModel(model);
  const facts = inferFacts(copy, { bindings });
  const options = { frozenStatistics: false, dropout: false };
  const { moving } = enterTraining(copy.graph, facts, rules, new Arithmetic(copy.graph), options);
  return moving.map(({ stored, fresh }) => ({
    name: stored.name,
    size: elementCount(staticShape(facts, stored)),
    fresh,
  }));
}
