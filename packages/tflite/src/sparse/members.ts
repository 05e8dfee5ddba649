// The operators of a graph that can be part of a sparse subgraph, and how they hang together.

import type { GraphTensor } from "../graph/graph-tensor.js";
import { type GraphOperator, type GraphUses, type TfliteGraph, usesOf } from "../graph/tflite-graph.js";
import { weightFacts } from "../graph/weighted.js";
import { padInFront } from "./border.js";
import { type Judged, judge } from "./judge.js";

export class Members {
  readonly #graph: TfliteGraph;
  readonly #uses: GraphUses;
  readonly #judged = new Map<GraphOperator, Judged>();
  /** A PAD that becomes part of the convolution behind it → that convolution. */
  readonly #absorbed = new Map<GraphOperator, GraphOperator>();

  constructor(graph: TfliteGraph) {
    this.#graph = graph;
    this.#uses = usesOf(graph);
    for (const operator of graph.operators) {
      this.#judged.set(operator, judge(operator, this.#uses));
      const pad = padInFront(operator, this.#uses);
      if (pad !== null) this.#absorbed.set(pad, operator);
    }
  }

  judged(operator: GraphOperator): Judged {
    return this.#judged.get(operator) as Judged;
  }

  /** True where it can lie in a subgraph. */
  has(operator: GraphOperator): boolean {
    return this.judged(operator).failures.length === 0;
  }

  /** The images that an operator reads, in front of a PAD that it absorbs. */
  reads(operator: GraphOperator): GraphTensor[] {
    const pad = padInFront(operator, this.#uses);
    // Weights are judged with their convolution, wherever they come from.
    const inputs =
      weightFacts(operator.builtin) === null ? operator.inputs : [(pad ?? operator).inputs[0] ?? null];
    return inputs.filter((input) => input !== null && input.constant === null) as GraphTensor[];
  }

  producer(tensor: GraphTensor): GraphOperator | null {
    return this.#uses.producer(tensor);
  }

  /** Who reads a tensor, behind a PAD who absorbs it. */
  readers(tensor: GraphTensor): GraphOperator[] {
    return this.#uses.consumers(tensor).map((reader) => this.#absorbed.get(reader) ?? reader);
  }

  /** True where `reader` takes from `producer` what lies channels first. */
  joins(producer: GraphOperator | null, reader: GraphOperator): boolean {
    if (producer === null || !this.has(producer) || !this.has(reader)) return false;
    return this.judged(producer).role !== "end" && this.judged(reader).role !== "start";
  }

  /** All that lies between the start and the 1x1 convolutions, whether or not it can lie there. */
  upstream(pointwise: readonly GraphOperator[]): Set<GraphOperator> {
    const reached = new Set(pointwise);
    for (const operator of reached) {
      if (this.judged(operator).role === "start") continue;
      for (const tensor of this.reads(operator)) {
        const producer = this.producer(tensor);
        if (producer !== null) reached.add(producer);
      }
    }
    return reached;
  }

  /** Operators that hang together, in the order of execution. */
  clusters(): GraphOperator[][] {
    const clusters = new Map<GraphOperator, GraphOperator[]>();
    for (const operator of this.#graph.operators) {
      if (!this.has(operator)) continue;
      const joined = new Set(
        this.reads(operator)
          .map((tensor) => this.producer(tensor))
          .filter((producer) => this.joins(producer, operator))
          .map((producer) => clusters.get(producer as GraphOperator) as GraphOperator[]),
      );
      const whole = [...[...joined].flat(), operator];
      for (const member of whole) clusters.set(member, whole);
    }
    const order = new Map(this.#graph.operators.map((operator, i) => [operator, i]));
    const place = (operator: GraphOperator): number => order.get(operator) as number;
    return [...new Set(clusters.values())].map((operators) => operators.sort((a, b) => place(a) - place(b)));
  }
}
