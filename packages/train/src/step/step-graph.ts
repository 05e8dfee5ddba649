// One training step as an ONNX graph: forward in training form, loss, gradients, update. Weights, what the optimiser keeps
// and moving statistics are inputs, and come back as outputs; nothing is hidden in the session.

import { modelBytes } from "@espalier/core";
import { DataType, inferFacts, type Model, sortTopologically, type Tensor, type Value } from "@espalier/ir";
import { differentiate } from "../differentiate/differentiate.js";
import { enterTraining } from "../differentiate/enter-training.js";
import { requireStored } from "../differentiate/stored-statistic.js";
import type { GradientRegistry } from "../gradients/gradient-rule.js";
import { Arithmetic } from "../graph/arithmetic.js";
import type { Loss } from "../losses/loss.js";
import type { Optimiser } from "../optimisers/optimiser.js";
import { appendLoss, dataInputs, type FedPort } from "./append-loss.js";
import { liftToInput } from "./lift-to-input.js";
import { findParameters, requireParameters } from "./parameters.js";
import { trainable } from "./trainable.js";

export interface StepGraphOptions {
  readonly model: Model;
  /** Sizes of all symbolic dimensions, the batch included. */
  readonly bindings: Readonly<Record<string, number>>;
  readonly rules: GradientRegistry;
  readonly loss: Loss;
  readonly optimiser: Optimiser;
  /** Which weights change, by the name of their value. All by default. */
  readonly trains?: (name: string) => boolean;
  /** Weights that a mask lies on, by name. */
  readonly masked?: readonly string[];
  /** Whether weight decay applies. Default: to all. */
  readonly decays?: (name: string, dims: readonly number[]) => boolean;
  /** Normalise by the stored statistics and leave them alone. */
  readonly frozenStatistics?: boolean;
  /**
   * Whether Dropout drops.
   *
   * @default true
   */
  readonly dropout?: boolean;
}

/** A tensor that goes into a step and comes out of it changed. */
export interface StatePort {
  /** The name of the stored value in the model; for what an optimiser keeps, `<slot>/<name>`. */
  readonly name: string;
  readonly dims: readonly number[];
  readonly input: string;
  readonly output: string;
  /** What it begins with; null for zeros. */
  readonly initial: Tensor | null;
}

/** A weight. One that the loss does not depend on stays as it is, apart from its mask. */
export interface ParameterPort extends StatePort {
  /** Bool input of the weight's shape, true where it is kept; null where no mask lies on it. */
  readonly mask: string | null;
}

/** Each element is true with probability `kept`, by itself. */
export interface DrawnPort {
  readonly input: string;
  readonly dims: readonly number[];
  readonly kept: number;
}

export interface StepGraph {
  readonly bytes: Uint8Array;
  readonly parameters: readonly ParameterPort[];
  /** What the optimiser keeps, and moving statistics. */
  readonly others: readonly StatePort[];
  /** Inputs of the network, labels: what a batch brings. */
  readonly batch: readonly FedPort[];
  /** Bool inputs that are drawn anew for every step. */
  readonly drawn: readonly DrawnPort[];
  /** Inputs that take the optimiser's numbers, by their names there. */
  readonly scalars: Readonly<Record<string, string>>;
  readonly loss: string;
  readonly correct: string | null;
}

/**
 * @throws EspalierError `NO_GRADIENT`, `NOTHING_TO_TRAIN`, `SIZE_UNKNOWN`, `UNSUPPORTED` for moving statistics that cannot
 *   be followed, `UNSUPPORTED_VERSION` where the network's opset is too old to be trained, below 7
 */
export function buildStepGraph(options: StepGraphOptions): StepGraph {
  const { bindings, rules, loss, optimiser, trains = () => true, masked = [], decays = () => true } = options;
  const { model } = trainable(options.model);
  const { graph } = model;
  const stored = inferFacts(model, { bindings });
  const found = findParameters(graph, stored, rules);
  const chosen = found.weights.filter(({ name }) => trains(name));
  requireParameters(chosen, found);

  const make = new Arithmetic(graph);
  const inputs = dataInputs(model);
  const { moving, drawn } = enterTraining(graph, stored, rules, make, {
    frozenStatistics: options.frozenStatistics ?? false,
    dropout: options.dropout ?? true,
  });
  requireStored(moving, chosen, stored);
  const lifted = new Map(
    [...chosen, ...moving.map(({ stored: value }) => value)].map((value) => {
      const tensor = stored.constant(value) as Tensor;
      return [value, { value: liftToInput(graph, value, tensor), tensor }] as const;
    }),
  );

  const { batch, facts, loss: minimised, correct } = appendLoss(model, inputs, { make, loss, bindings });
  const weights = chosen.map((value) => lifted.get(value) as { value: Value; tensor: Tensor });
  const gradients = differentiate({
    ...{ graph, facts, rules, make, loss: minimised },
    of: weights.map(({ value }) => value),
  });
  const seen = weights.filter(({ value }) => gradients.get(value) !== null);
  requireParameters(seen, found, "none that the loss depends on");
  const scalarInputs = Object.fromEntries(
    Object.keys(optimiser.scalars(1, 1)).map((name) => [name, make.builder.input(`scalar/${name}`, [])]),
  );

  graph.outputs.length = 0;
  const parameters: ParameterPort[] = [];
  const others: StatePort[] = [];
  const port = (
    name: string,
    dims: readonly number[],
    input: Value,
    next: Value,
    initial: Tensor | null,
  ): StatePort => ({
    ...{ name, dims, initial },
    input: input.name,
    output: make.builder.output(next.producer === null ? make.op("Identity", [next]) : next, `next/${name}`)
      .name,
  });
  for (const { value: weight, tensor } of weights) {
    const { name } = weight;
    const { dims } = tensor;
    const mask = masked.includes(name) ? make.builder.input(`mask/${name}`, dims, DataType.BOOL) : null;
    const raw = gradients.get(weight) ?? null;
    // What the loss does not depend on is not for the optimiser: it would decay. It stays a state, since masks may change.
    const names = raw === null ? [] : optimiser.slots;
    const slots = names.map((slot) => make.builder.input(`${slot}/${name}`, dims));
    const updated =
      raw === null
        ? { weight, slots }
        : optimiser.update({
            ...{ make, weight, slots },
            gradient: mask === null ? raw : make.keep(mask, raw),
            scalars: scalarInputs,
            decays: decays(name, dims),
          });
    const next = mask === null ? updated.weight : make.keep(mask, updated.weight);
    parameters.push({ ...port(name, dims, weight, next, tensor), mask: mask?.name ?? null });
    for (const [i, slot] of names.entries())
      others.push(port(`${slot}/${name}`, dims, slots[i] as Value, updated.slots[i] as Value, null));
  }
  for (const { stored: value, next } of moving) {
    const { value: input, tensor } = lifted.get(value) as { value: Value; tensor: Tensor };
    others.push(port(input.name, tensor.dims, input, next, tensor));
  }
  const lossName = make.builder.output(minimised, "loss").name;
  const correctName = correct && make.builder.output(correct, "correct", DataType.INT64).name;
  sortTopologically(graph);
  // Constants that a caller could replace are not folded.
  graph.inputs.splice(
    0,
    graph.inputs.length,
    ...graph.inputs.filter(({ initializer }) => initializer === null),
  );
  return {
    bytes: modelBytes(model),
    ...{ parameters, others, batch, loss: lossName, correct: correctName },
    drawn: drawn.map(({ input, dims, kept }) => ({ input: input.name, dims, kept })),
    scalars: Object.fromEntries(Object.entries(scalarInputs).map(([name, value]) => [name, value.name])),
  };
}
