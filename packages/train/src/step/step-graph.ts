// One training step as an ONNX graph: forward in training form, loss, gradients, update. Weights, what the optimiser keeps
// and moving statistics are inputs, and come back as outputs; nothing is hidden in the session.

import { modelBytes } from "@espalier/core";
import {
  DataType,
  type DataTypeCode,
  type Facts,
  inferFacts,
  type Model,
  sortTopologically,
  type Tensor,
  type Value,
} from "@espalier/ir";
import { differentiate } from "../differentiate/differentiate.js";
import { enterTraining } from "../differentiate/enter-training.js";
import { staticShape } from "../differentiate/static-shape.js";
import type { GradientRegistry } from "../gradients/gradient-rule.js";
import { Arithmetic } from "../graph/arithmetic.js";
import type { Loss } from "../losses/loss.js";
import type { Optimiser } from "../optimisers/optimiser.js";
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

export interface ParameterPort extends StatePort {
  /** Bool input of the weight's shape, true where it is kept; null where no mask lies on it. */
  readonly mask: string | null;
}

export interface FedPort {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: DataTypeCode;
  /** What it holds are labels below this number; null where it holds something else. */
  readonly classes: number | null;
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
 * @throws EspalierError `NO_GRADIENT`, `NOTHING_TO_TRAIN`, `SIZE_UNKNOWN`, `UNSUPPORTED_VERSION` where the network's
 *   opset is too old to be trained, below 7
 */
export function buildStepGraph(options: StepGraphOptions): StepGraph {
  const { bindings, rules, loss, optimiser, trains = () => true, masked = [], decays = () => true } = options;
  const { model } = trainable(options.model);
  const { graph } = model;
  const sizes = (facts: Facts) => (value: Value) => staticShape(facts, value);
  const stored = inferFacts(model, { bindings });
  const chosen = findParameters(graph, stored, rules).filter(({ name }) => trains(name));
  requireParameters(chosen);

  const make = new Arithmetic(graph);
  const dataInputs = graph.inputs.filter(({ initializer }) => initializer === null);
  const { moving, drawn } = enterTraining(graph, stored, rules, make, {
    frozenStatistics: options.frozenStatistics ?? false,
    dropout: options.dropout ?? true,
  });
  const lifted = new Map(
    [...chosen, ...moving.map(({ stored: value }) => value)].map((value) => {
      const tensor = stored.constant(value) as Tensor;
      return [value, { value: liftToInput(graph, value, tensor), tensor }] as const;
    }),
  );

  const forward = inferFacts(model, { bindings });
  const batch: FedPort[] = dataInputs.map((input) => {
    const dims = sizes(forward)(input);
    const dataType = forward.dataType(input) ?? DataType.FLOAT;
    // Sizes that the runtime knows let it plan its memory once.
    input.type = { kind: "tensor", dataType, shape: dims };
    return { name: input.name, dims, dataType, classes: null };
  });
  const { loss: minimised, correct } = loss.append({
    make,
    outputs: [...graph.outputs],
    shape: sizes(forward),
    input: (name, dims, dataType, classes) => {
      const input = make.builder.input(name, dims, dataType);
      batch.push({ name: input.name, dims, dataType, classes: classes ?? null });
      return input;
    },
  });

  const facts = inferFacts(model, { bindings });
  const weights = chosen.map((value) => lifted.get(value) as { value: Value; tensor: Tensor });
  const gradients = differentiate({
    ...{ graph, facts, rules, make, loss: minimised },
    of: weights.map(({ value }) => value),
  });
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
    const raw = gradients.get(weight) ?? make.zeros(dims);
    const slots = optimiser.slots.map((slot) => make.builder.input(`${slot}/${name}`, dims));
    const updated = optimiser.update({
      ...{ make, weight, slots },
      gradient: mask === null ? raw : make.keep(mask, raw),
      scalars: scalarInputs,
      decays: decays(name, dims),
    });
    const next = mask === null ? updated.weight : make.keep(mask, updated.weight);
    parameters.push({ ...port(name, dims, weight, next, tensor), mask: mask?.name ?? null });
    for (const [i, slot] of optimiser.slots.entries())
      others.push(port(`${slot}/${name}`, dims, slots[i] as Value, updated.slots[i] as Value, null));
  }
  for (const { stored: value, next } of moving) {
    const { value: input, tensor } = lifted.get(value) as { value: Value; tensor: Tensor };
    others.push(port(input.name, tensor.dims, input, next, tensor));
  }
  const lossName = make.builder.output(minimised, "loss").name;
  const correctName = correct && make.builder.output(correct, "correct", DataType.INT64).name;
  sortTopologically(graph);
  return {
    bytes: modelBytes(model),
    ...{ parameters, others, batch, loss: lossName, correct: correctName },
    drawn: drawn.map(({ input, dims, kept }) => ({ input: input.name, dims, kept })),
    scalars: Object.fromEntries(Object.entries(scalarInputs).map(([name, value]) => [name, value.name])),
  };
}
