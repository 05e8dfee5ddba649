// A node: one application of an operator. It owns its output values; setting an input keeps both ends of
// the edge in step.

import { type Attribute, graphsOf } from "./attribute.js";
import type { Graph } from "./graph.js";
import { Value } from "./value.js";

export interface NodeInit {
  readonly opType: string;
  readonly inputs: readonly (Value | null)[];
  /** Values without a producer; null for an optional output that is left out. */
  readonly outputs: readonly (Value | null)[];
  readonly name?: string;
  readonly domain?: string;
  readonly overload?: string;
  readonly attributes?: ReadonlyMap<string, Attribute> | Readonly<Record<string, Attribute>>;
}

export class Node {
  readonly opType: string;
  /** "" is ai.onnx. */
  readonly domain: string;
  readonly overload: string;
  name: string;
  docString = "";
  metadataProps: ReadonlyMap<string, string> = new Map();
  residue: unknown = undefined;
  readonly attributes: Map<string, Attribute>;
  readonly outputs: readonly (Value | null)[];
  /** The graph it is in; null when removed or not yet added. */
  graph: Graph | null = null;
  readonly #inputs: (Value | null)[];

  constructor(init: NodeInit) {
    this.opType = init.opType;
    this.domain = init.domain === "ai.onnx" ? "" : (init.domain ?? "");
    this.overload = init.overload ?? "";
    this.name = init.name ?? "";
    const { attributes = {} } = init;
    this.attributes = new Map(attributes instanceof Map ? attributes : Object.entries(attributes));
    this.outputs = init.outputs;
    this.#inputs = [...init.inputs];
    for (const output of this.outputs) {
      if (output === null) continue;
      if (output.producer !== null) throw new Error(`value ${output.name} has a producer already`);
      Value.link.produce(output, this);
    }
    for (const input of this.#inputs) if (input !== null) Value.link.consume(input, this);
  }

  /** Inputs by position; null for an optional input that is left out. */
  get inputs(): readonly (Value | null)[] {
    return this.#inputs;
  }

  /** Input `index`, null when it is left out or beyond the end. */
  input(index: number): Value | null {
    return this.#inputs[index] ?? null;
  }

  /** Output `index`, null when it is left out or beyond the end. */
  output(index: number): Value | null {
    return this.outputs[index] ?? null;
  }

  /** Replaces one input; grows the list with nulls when `index` lies beyond its end. */
  setInput(index: number, value: Value | null): void {
    const old = this.input(index);
    while (this.#inputs.length <= index) this.#inputs.push(null);
    this.#inputs[index] = value;
    if (old !== null && !this.#inputs.includes(old)) Value.link.release(old, this);
    if (value !== null) Value.link.consume(value, this);
  }

  /** Shortens the input list to `count`. */
  truncateInputs(count: number): void {
    for (let i = count; i < this.#inputs.length; i++) this.setInput(i, null);
    this.#inputs.length = Math.min(this.#inputs.length, count);
  }

  /** The subgraphs among its attributes. */
  get subgraphs(): readonly Graph[] {
    return [...this.attributes.values()].flatMap(graphsOf);
  }

  /** For {@link Graph.remove}: lets go of all inputs and outputs. */
  detach(): void {
    for (const input of new Set(this.#inputs)) if (input !== null) Value.link.release(input, this);
    this.#inputs.length = 0;
    for (const output of this.outputs) if (output !== null) Value.link.produce(output, null);
  }
}
