// Copies a model: new graph, nodes and values; tensor bytes and pass-through records are shared.

import type { Attribute, AttributeValue } from "./attribute.js";
import { Graph } from "./graph.js";
import { Model } from "./model.js";
import { Node } from "./node.js";
import { Value } from "./value.js";

export interface ClonedModel {
  readonly model: Model;
  /** Value of the original → value of the copy. */
  readonly values: ReadonlyMap<Value, Value>;
  readonly nodes: ReadonlyMap<Node, Node>;
}

/** A copy whose topology can be changed without touching `model`. */
export function cloneModel(model: Model): ClonedModel {
  const values = new Map<Value, Value>();
  const nodes = new Map<Node, Node>();
  const copy = new Model({
    graph: cloneGraph(model.graph, values, nodes),
    irVersion: model.irVersion,
    opsets: model.opsets,
  });
  copy.producerName = model.producerName;
  copy.producerVersion = model.producerVersion;
  copy.domain = model.domain;
  copy.modelVersion = model.modelVersion;
  copy.docString = model.docString;
  for (const [key, value] of model.metadataProps) copy.metadataProps.set(key, value);
  copy.functions = model.functions;
  copy.residue = model.residue;
  return { model: copy, values, nodes };
}

function cloneGraph(graph: Graph, values: Map<Value, Value>, nodes: Map<Node, Node>): Graph {
  const copyOf = (value: Value): Value => {
    const known = values.get(value);
    if (known !== undefined) return known;
    const copy = new Value(value.name, value.type);
    copy.docString = value.docString;
    copy.metadataProps = value.metadataProps;
    copy.residue = value.residue;
    copy.initializer = value.initializer;
    copy.sparseInitializer = value.sparseInitializer;
    values.set(value, copy);
    return copy;
  };
  const copy = new Graph(graph.name);
  copy.docString = graph.docString;
  copy.metadataProps = graph.metadataProps;
  copy.residue = graph.residue;
  for (const value of graph.inputs) copy.inputs.push(copyOf(value));
  for (const value of graph.initializers) copy.initializers.add(copyOf(value));
  for (const node of graph.nodes) {
    const twin = new Node({
      opType: node.opType,
      domain: node.domain,
      overload: node.overload,
      name: node.name,
      inputs: node.inputs.map((v) => v && copyOf(v)),
      outputs: node.outputs.map((v) => v && copyOf(v)),
      attributes: new Map([...node.attributes].map(([key, a]) => [key, cloneAttribute(a, values, nodes)])),
    });
    twin.docString = node.docString;
    twin.metadataProps = node.metadataProps;
    twin.residue = node.residue;
    nodes.set(node, copy.add(twin));
  }
  for (const value of graph.outputs) copy.outputs.push(copyOf(value));
  return copy;
}

function cloneAttribute(attribute: Attribute, values: Map<Value, Value>, nodes: Map<Node, Node>): Attribute {
  const { value } = attribute;
  let copy: AttributeValue = value;
  if (value.kind === "graph") copy = { kind: "graph", value: cloneGraph(value.value, values, nodes) };
  if (value.kind === "graphs")
    copy = { kind: "graphs", value: value.value.map((g) => cloneGraph(g, values, nodes)) };
  return copy === value ? attribute : { ...attribute, value: copy };
}
