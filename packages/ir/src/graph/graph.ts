// A graph: nodes in file order, inputs, outputs, initialisers. Node order is what the file or the last
// `sortTopologically` made it; adding appends. Iterating `nodes` while removing the node at hand is safe.

import { EspalierError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { Node, type NodeInit } from "./node.js";
import { Value, type ValueType } from "./value.js";

export class Graph {
  name: string;
  docString = "";
  metadataProps: ReadonlyMap<string, string> = new Map();
  residue: unknown = undefined;
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  /** Values with an `initializer` or `sparseInitializer`, in file order. May also be among `inputs`. */
  readonly initializers: Set<Value> = new Set();
  #nodes = new Set<Node>();

  constructor(name = "") {
    this.name = name;
  }

  get nodes(): ReadonlySet<Node> {
    return this.#nodes;
  }

  /** Appends a node. */
  add(node: Node): Node {
    if (node.graph !== null) throw new Error(`node ${node.name} is in a graph already`);
    node.graph = this;
    this.#nodes.add(node);
    return node;
  }

  /** Makes a node and appends it. */
  addNode(init: NodeInit): Node {
    return this.add(new Node(init));
  }

  /** Adds a constant. */
  addInitializer(name: string, tensor: Tensor): Value {
    const value = new Value(name, { kind: "tensor", dataType: tensor.dataType, shape: tensor.dims });
    value.initializer = tensor;
    this.initializers.add(value);
    return value;
  }

  addInput(name: string, type: ValueType): Value {
    const value = new Value(name, type);
    this.inputs.push(value);
    return value;
  }

  /**
   * Removes nodes that nothing outside the list needs any more, with their subgraphs.
   * @throws EspalierError `VALUE_IN_USE` when an output is still read by another node or is a graph output
   */
  remove(nodes: Iterable<Node>): void {
    const doomed = new Set(nodes);
    // What only the branches of a removed If read is no longer read.
    for (const node of doomed) {
      for (const subgraph of node.subgraphs) for (const inner of subgraph.nodes) doomed.add(inner);
    }
    const outputs = new Set(this.outputs);
    for (const node of doomed) {
      for (const output of node.outputs) {
        if (output === null) continue;
        const user = [...output.consumers].find((consumer) => !doomed.has(consumer));
        if (user !== undefined || outputs.has(output)) {
          throw new EspalierError("VALUE_IN_USE", "A node cannot be removed", {
            node: node.name,
            opType: node.opType,
            value: output.name,
            found: user === undefined ? "a graph output" : `a use by node "${user.name}"`,
          });
        }
      }
    }
    for (const node of doomed) {
      node.detach();
      node.graph = null;
      this.#nodes.delete(node);
    }
  }

  /** Lets every consumer in any graph, and the graph outputs, read `replacement` instead of `value`. */
  replaceUses(value: Value, replacement: Value): void {
    for (const node of [...value.consumers]) {
      node.inputs.forEach((input, i) => {
        if (input === value) node.setInput(i, replacement);
      });
    }
    this.outputs.forEach((output, i) => {
      if (output === value) this.outputs[i] = replacement;
    });
  }

  /** Takes a new node order; must hold exactly the present nodes. */
  reorder(order: readonly Node[]): void {
    const next = new Set(order);
    if (next.size !== this.#nodes.size || order.some((node) => !this.#nodes.has(node))) {
      throw new Error("reorder needs exactly the nodes of the graph");
    }
    this.#nodes = next;
  }
}

/** All graphs of a node list, outermost first: the graph itself and the subgraphs of its nodes, at any depth. */
export function* graphsWithin(graph: Graph): Generator<Graph> {
  const pending = [graph];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    for (const node of next.nodes) for (const subgraph of node.subgraphs) pending.push(subgraph);
  }
}
