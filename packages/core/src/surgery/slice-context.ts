// What a handler sees while a model is cut: the copy of its node, and what each axis keeps. Tensors are
// sliced for everybody alike; a handler only rewrites attributes and shape constants.

import {
  type Attribute,
  DataType,
  type Dim,
  type Facts,
  type FreshNames,
  type Graph,
  int64Tensor,
  type Node,
  rawTensor,
  Value,
} from "@espalier/ir";
import type { Kept } from "./slice-tensor.js";

export class SliceContext {
  /** Facts about the original model; views hold original values. */
  readonly facts: Facts;
  /** The node in the copy. */
  readonly node: Node;
  /** The node of the original. */
  readonly original: Node;
  readonly #graph: Graph;
  readonly #names: FreshNames;
  readonly #kept: (value: Value, axis: number) => Kept;

  constructor(init: {
    facts: Facts;
    node: Node;
    original: Node;
    graph: Graph;
    names: FreshNames;
    kept: (value: Value, axis: number) => Kept;
  }) {
    this.facts = init.facts;
    this.node = init.node;
    this.original = init.original;
    this.#graph = init.graph;
    this.#names = init.names;
    this.#kept = init.kept;
  }

  /** Positions of an axis of an original value that stay, in the order in which they then lie; null for all as they are. */
  kept(value: Value, axis: number): Kept {
    return this.#kept(value, axis);
  }

  /** True when some axis of the value shrinks. */
  shrinks(value: Value): boolean {
    return (this.facts.shape(value) ?? []).some((size, axis) => this.size(value, axis) !== size);
  }

  /** Size of an axis after the cut. */
  size(value: Value, axis: number): Dim {
    return this.kept(value, axis)?.length ?? (this.facts.shape(value)?.[axis] as Dim);
  }

  setAttribute(name: string, attribute: Attribute): void {
    this.node.attributes.set(name, attribute);
  }

  /**
   * Gives the node a constant integer vector of its own as input `index`. Of the element type of the input
   * it replaces, int64 where there was none; other readers of the old constant are not touched.
   */
  setIntegers(index: number, values: readonly number[]): void {
    const old = this.original.input(index);
    const int32 = old !== null && this.facts.dataType(old) === DataType.INT32;
    const name = this.#names.fresh(`${old?.name ?? this.node.name}_pruned`);
    const tensor = int32
      ? rawTensor(DataType.INT32, [values.length], new Uint8Array(Int32Array.from(values).buffer), name)
      : int64Tensor([values.length], values, name);
    this.node.setInput(index, this.#graph.addInitializer(name, tensor));
  }
  /**
   * Lets everybody who reads an int64 output read it plus `deltas`: numbers made of shapes stay what they
   * were in the original.
   */
  offsetOutput(index: number, dims: readonly number[], deltas: readonly number[]): void {
    const own = this.node.output(index);
    if (own === null) return;
    const shifted = new Value(own.name, own.type);
    own.name = this.#names.fresh(`${own.name}_pruned`);
    this.#graph.replaceUses(own, shifted);
    const name = this.#names.fresh(`${own.name}_removed`);
    const removed = this.#graph.addInitializer(name, int64Tensor(dims, deltas, name));
    const add = this.#graph.addNode({
      opType: "Add",
      inputs: [own, removed],
      outputs: [shifted],
      name: this.#names.fresh(`${this.node.name || own.name}_unpruned`),
    });
    // Right behind the node, so that producers stay before consumers.
    const order = [...this.#graph.nodes].filter((node) => node !== add);
    this.#graph.reorder(order.toSpliced(order.indexOf(this.node) + 1, 0, add));
  }
}
