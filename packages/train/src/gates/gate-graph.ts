// Forward and backward through a network as it is in use, giving the gradient of every gate for every sample.

import { modelBytes } from "@espalier/core";
import {
  EspalierError,
  inferFacts,
  type Model,
  type Node,
  type RaisedModel,
  sortTopologically,
  type Value,
} from "@espalier/ir";
import { differentiate } from "../differentiate/differentiate.js";
import { enterTraining } from "../differentiate/enter-training.js";
import { staticShape } from "../differentiate/static-shape.js";
import type { GradientRegistry } from "../gradients/gradient-rule.js";
import { Arithmetic } from "../graph/arithmetic.js";
import type { Loss } from "../losses/loss.js";
import { appendLoss, dataInputs, type FedPort } from "../step/append-loss.js";
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
  const edges = new Edges(clone, make);
  const gated = gates.map(({ points }) =>
    points.map((point) => {
      if (point.axis < 1)
        throw new EspalierError("INVALID_OPTION", "A gate cannot lie on the batch", {
          value: point.value.name,
          found: `axis ${point.axis}`,
        });
      return { point, read: edges.of(point) };
    }),
  );
  sortTopologically(graph);
  enterTraining(graph, inferFacts(model, { bindings }), rules, make, {
    frozenStatistics: true,
    dropout: false,
  });
  sortTopologically(graph);
  const { batch, facts, loss: minimised } = appendLoss(model, dataInputs(model), { make, loss, bindings });
  const all = [...new Set(gated.flat().flatMap(({ read }) => read))];
  const gradients = differentiate({ ...{ graph, facts, rules, make, loss: minimised }, of: all });
  graph.outputs.length = 0;
  const outputs = gated.map((points) =>
    points.map(({ point, read }) => {
      const value = read[0] ?? (clone.values.get(point.value) as Value);
      const dims = staticShape(facts, value);
      const parts = read.flatMap((one) => gradients.get(one) ?? []);
      const gradient = parts.length === 0 ? make.zeros(dims) : make.total(parts);
      const others = dims.flatMap((_, axis) => (axis === 0 || axis === point.axis ? [] : [axis]));
      const product = make.multiply(value, gradient);
      const summed = others.length === 0 ? product : make.sum(product, others);
      return { name: make.builder.output(summed, "gate").name, point };
    }),
  );
  sortTopologically(graph);
  return { bytes: modelBytes(model), batch, outputs };
}

/** Puts a node on every edge that is gated, once for all gates on it: its result is the value as that reader reads it. */
class Edges {
  readonly #clone: RaisedModel;
  readonly #make: Arithmetic;
  /** Nodes of the copy that stand for one of the network's; the others were written in place of one. */
  readonly #known: ReadonlySet<Node>;
  /** By value: who read it before any edge was cut. */
  readonly #readers = new Map<Value, ReadonlySet<Node>>();
  readonly #apart = new Map<Value, Map<Node | null, Value>>();

  constructor(clone: RaisedModel, make: Arithmetic) {
    this.#clone = clone;
    this.#make = make;
    this.#known = new Set(clone.nodes.values());
  }

  of(point: GatePoint): readonly Value[] {
    const { model, values } = this.#clone;
    const { value, consumers } = point;
    const own = values.get(value);
    if (own === undefined) throw new Error(`value ${value.name} is of another network`);
    const isOutput = model.graph.outputs.includes(own) || this.#apart.get(own)?.has(null) === true;
    const edges = this.#readersOf(point, own).map((reader) =>
      this.#edge(own, reader, (apart) => {
        for (const [i, input] of reader.inputs.entries()) if (input === own) reader.setInput(i, apart);
      }),
    );
    if (consumers !== null || !isOutput) return edges;
    const { outputs } = model.graph;
    const read = this.#edge(own, null, (apart) => {
      for (const [i, output] of outputs.entries()) if (output === own) outputs[i] = apart;
    });
    return [...edges, read];
  }

  /** Who reads the gated value in the copy: where a node was written anew for a newer opset, what stands in its place. */
  #readersOf({ value, consumers }: GatePoint, own: Value): readonly Node[] {
    const readers = this.#readers.get(own) ?? new Set(own.consumers);
    this.#readers.set(own, readers);
    if (consumers === null) return [...readers];
    const twins = consumers.map((consumer) => {
      const twin = this.#clone.nodes.get(consumer);
      if (twin === undefined) throw new Error(`a reader of ${value.name} is of another network`);
      return twin;
    });
    const direct = twins.filter((twin) => readers.has(twin));
    if (direct.length === twins.length) return direct;
    const others = [...value.consumers].filter((node) => !consumers.includes(node));
    if (others.some((node) => !readers.has(this.#clone.nodes.get(node) as Node)))
      throw new EspalierError("UNSUPPORTED_VERSION", "Several readers of a gated value were written anew", {
        value: value.name,
        expected: "gates on all of them, or on none",
        found: `a gate on ${consumers.map(({ name }) => name).join(", ")}`,
        unblock: "Gate a network of a newer opset: 17 is one.",
      });
    return [...direct, ...[...readers].filter((node) => !this.#known.has(node))];
  }

  #edge(own: Value, reader: Node | null, redirect: (apart: Value) => void): Value {
    const known = this.#apart.get(own) ?? new Map<Node | null, Value>();
    this.#apart.set(own, known);
    const there = known.get(reader);
    if (there !== undefined) return there;
    const apart = this.#make.op("Identity", [own]);
    redirect(apart);
    known.set(reader, apart);
    return apart;
  }
}
