// GraphProto to Graph: names become references. Checks that every name is defined once and before it is used.

import { EspalierError } from "../errors.js";
import { Graph } from "../graph/graph.js";
import { Node } from "../graph/node.js";
import { sortTopologically } from "../graph/order.js";
import type { Value, ValueType } from "../graph/value.js";
import type { Tensor } from "../tensor.js";
import { type GraphProto, GraphProtoSchema, type NodeProto, NodeProtoSchema } from "./onnx_pb.js";
import { readAttributes } from "./read-attribute.js";
import type { ReadContext } from "./read-context.js";
import { readMetadata } from "./read-metadata.js";
import { readSparseTensor } from "./read-sparse-tensor.js";
import { readTensor } from "./read-tensor.js";
import { readValueInfos } from "./read-value-info.js";
import { residueOf } from "./residue.js";
import { Scope } from "./scope.js";

/** Reads a graph; `outer` is what a subgraph may capture, null for the main graph. */
export function readGraph(proto: GraphProto, outer: Scope | null, context: ReadContext): Graph {
  const scope = new Scope(outer);
  const graph = new Graph(proto.name);
  graph.docString = proto.docString;
  graph.metadataProps = readMetadata(proto.metadataProps, "a graph");
  for (const { name } of proto.input) graph.inputs.push(scope.declare(name, "graph input"));
  readInitializers(proto, graph, scope, context);
  const outputs = declareOutputs(proto.node, scope);
  const staleInfo = readValueInfos(proto, scope, context);
  for (const value of graph.initializers) value.type ??= typeOf(value.initializer);
  readNodes(proto.node, outputs, graph, scope, context);
  for (const { name } of proto.output) graph.outputs.push(requireOutput(name, scope));
  graph.residue = residueOf(GraphProtoSchema, { ...proto, valueInfo: staleInfo }, [
    "quantizationAnnotation",
    "valueInfo",
  ]);
  return graph;
}

function readInitializers(proto: GraphProto, graph: Graph, scope: Scope, context: ReadContext): void {
  const inputs = new Set(graph.inputs);
  const declare = (name: string): Value => {
    const input = scope.own(name);
    const value = input !== undefined && inputs.delete(input) ? input : scope.declare(name, "initializer");
    graph.initializers.add(value);
    return value;
  };
  for (const tensor of proto.initializer) {
    declare(tensor.name).initializer = readTensor(tensor, tensor.name, context);
  }
  for (const sparse of proto.sparseInitializer) {
    const name = sparse.values?.name ?? "";
    declare(name).sparseInitializer = readSparseTensor(sparse, name, context);
  }
}

function typeOf(tensor: Tensor | null): ValueType | null {
  return tensor && { kind: "tensor", dataType: tensor.dataType, shape: tensor.dims };
}

/** Declares what the nodes of a graph define; a list of outputs per node. */
export function declareOutputs(nodes: readonly NodeProto[], scope: Scope): (Value | null)[][] {
  return nodes.map(({ output }) => output.map((name) => (name === "" ? null : scope.declareOutput(name))));
}

/** Reads the nodes of a graph or function body, whose outputs are declared already. */
export function readNodes(
  protos: readonly NodeProto[],
  outputs: readonly (Value | null)[][],
  graph: Graph,
  scope: Scope,
  context: ReadContext,
): void {
  protos.forEach((proto, i) => {
    context.tick();
    const own = outputs[i] as (Value | null)[];
    graph.add(readNode(proto, own, scope, context));
    scope.define(own);
  });
  if (scope.outOfOrder !== null) bringIntoOrder(graph, scope, scope.outOfOrder);
}

function readNode(
  proto: NodeProto,
  outputs: readonly (Value | null)[],
  scope: Scope,
  context: ReadContext,
): Node {
  if (proto.opType.length === 0) {
    throw new EspalierError("MALFORMED", "A node has no operator", { node: proto.name });
  }
  const attributes = readAttributes(proto, context, (subgraph) => readGraph(subgraph, scope, context));
  const node = new Node({
    opType: proto.opType,
    domain: proto.domain,
    overload: proto.overload,
    name: proto.name,
    inputs: proto.input.map((name) => (name === "" ? null : requireValue(name, proto, scope))),
    outputs,
    attributes,
  });
  node.docString = proto.docString;
  node.metadataProps = readMetadata(proto.metadataProps, "a node");
  node.residue = residueOf(NodeProtoSchema, proto, ["deviceConfigurations"]);
  return node;
}

function requireValue(name: string, node: NodeProto, scope: Scope): Value {
  const value = scope.resolve(name);
  if (value !== undefined) return value;
  throw new EspalierError("UNDEFINED_VALUE", "A node reads a value that nothing defines", {
    node: node.name,
    opType: node.opType,
    value: name,
  });
}

export function requireOutput(name: string, scope: Scope): Value {
  const value = scope.own(name);
  if (value !== undefined) return value;
  throw new EspalierError("UNDEFINED_VALUE", "Nothing in the graph defines one of its outputs", {
    value: name,
  });
}

/** ONNX asks for topological order. ONNX Runtime sorts the main graph itself, but refuses subgraphs and functions. */
function bringIntoOrder(graph: Graph, scope: Scope, name: string): void {
  sortTopologically(graph); // Throws CYCLE when there is no order.
  scope.requireSortable();
  if (scope.outer === null && !scope.isFunction) return;
  throw new EspalierError("UNDEFINED_VALUE", "A node reads a value that only a later node defines", {
    value: name,
    unblock: "Sort the nodes of the subgraph or function topologically.",
  });
}
