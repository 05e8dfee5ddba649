// Forward and backward through a network as it is in use, giving the gradient of every gate for every sample.

import { modelBytes } from "@espalier/core";
import {
  type ClonedModel,
  DataType,
  EspalierError,
  type Facts,
  inferFacts,
  isStatic,
  type Model,
  sortTopologically,
  type Value,
} from "@espalier/ir";
import { differentiate } from "../differentiate/differentiate.js";
import { enterTraining } from "../differentiate/enter-training.js";
import { unboundShape } from "../differentiate/unbound-shape.js";
import type { GradientRegistry } from "../gradients/gradient-rule.js";
import { Arithmetic } from "../graph/arithmetic.js";
import type { Loss } from "../losses/loss.js";
import type { FedPort } from "../step/step-graph.js";
import { trainable } from "../step/trainable.js";
import type { Gate, GatePoint } from "./gate.js";

export interface GateGraph {
  readonly bytes: Uint8Array;
  readonly batch: readonly FedPort[];
  /** For each gate and point the output that holds Σ value·∂loss/∂value over all axes but the first and its own. */
  readonly outputs: readonly (readonly { readonly name: string; readonly point: GatePoint }[])[];
}

/** @throws EspalierError `NO_GRADIENT`, `SIZE_UNKNOWN`, `UNSUPPORTED_VERSION`, `INVALID_OPTION` for a gate on the batch */
export function buildGateGraph(
  source: Model,
  gates: readonly Gate[],
  options: {
    readonly bindings: Readonly<Record<string, number>>;
    readonly rules: GradientRegistry;
    readonly loss: Loss;
  },
): GateGraph {
  const { bindings, rules, loss } = options;
  const clone = trainable(source);
  const { model } = clone;
  const { graph } = model;
  const make = new Arithmetic(graph);
  const gated = gates.map(({ points }) =>
    points.map((point) => {
      if (point.axis < 1)
        throw new EspalierError("INVALID_OPTION", "A gate cannot lie on the batch", {
          value: point.value.name,
          found: `axis ${point.axis}`,
        });
      return { point, value: separated(point, clone, make) };
    }),
  );
  sortTopologically(graph);
  enterTraining(graph, inferFacts(model, { bindings }), rules, make, "stored");
  sortTopologically(graph);
  const forward = inferFacts(model, { bindings });
  const batch: FedPort[] = graph.inputs
    .filter(({ initializer }) => initializer === null)
    .map((input) => ({
      name: input.name,
      dims: sizes(forward, input),
      dataType: forward.dataType(input) ?? DataType.FLOAT,
      classes: null,
    }));
  const { loss: minimised } = loss.append({
    make,
    outputs: [...graph.outputs],
    shape: (value) => sizes(forward, value),
    input: (name, dims, dataType, classes) => {
      const input = make.builder.input(name, dims, dataType);
      batch.push({ name: input.name, dims, dataType, classes: classes ?? null });
      return input;
    },
  });
  const facts = inferFacts(model, { bindings });
  const all = gated.flat().map(({ value }) => value);
  const gradients = differentiate({ ...{ graph, facts, rules, make, loss: minimised }, of: all });
  graph.outputs.length = 0;
  const outputs = gated.map((points) =>
    points.map(({ point, value }) => {
      const dims = sizes(facts, value);
      const gradient = gradients.get(value) ?? make.zeros(dims);
      const others = dims.flatMap((_, axis) => (axis === 0 || axis === point.axis ? [] : [axis]));
      const product = make.multiply(value, gradient);
      const summed = others.length === 0 ? product : make.sum(product, others);
      return { name: make.builder.output(summed, "gate").name, point };
    }),
  );
  sortTopologically(graph);
  return { bytes: modelBytes(model), batch, outputs };
}

/** The value as those read it who are gated: behind a node of its own, so that it stays when its producer is replaced. */
function separated(
  { value, consumers }: GatePoint,
  { model, values, nodes }: ClonedModel,
  make: Arithmetic,
): Value {
  const own = values.get(value);
  if (own === undefined) throw new Error(`value ${value.name} is of another network`);
  const readers = consumers === null ? [...own.consumers] : consumers.map((node) => nodes.get(node));
  const apart = make.op("Identity", [own]);
  for (const reader of readers) {
    if (reader === undefined) throw new Error(`a reader of ${value.name} is of another network`);
    for (const [i, input] of reader.inputs.entries()) if (input === own) reader.setInput(i, apart);
  }
  const { outputs } = model.graph;
  if (consumers === null) for (const [i, output] of outputs.entries()) if (output === own) outputs[i] = apart;
  return apart;
}

function sizes(facts: Facts, value: Value): readonly number[] {
  const dims = facts.shape(value);
  if (dims === null || !dims.every(isStatic)) throw unboundShape(value, dims);
  return dims;
}
