// Graph to GraphProto: references become names. Nodes are written in the order of the graph; types of values that
// nodes compute go to `value_info`, those of initialisers follow from their tensors.

import { create } from "@bufbuild/protobuf";
import type { Graph } from "../graph/graph.js";
import type { Node } from "../graph/node.js";
import type { Value, ValueType } from "../graph/value.js";
import type { Tensor } from "../tensor.js";
import {
  type GraphProto,
  GraphProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type SparseTensorProto,
  SparseTensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "./onnx_pb.js";
import type { SparseTensorRecord } from "./read-sparse-tensor.js";
import { restoreResidue } from "./residue.js";
import { writeAttribute } from "./write-attribute.js";
import type { WriteContext } from "./write-context.js";
import { writeMetadata } from "./write-metadata.js";
import { writeInitializer, writeTensor } from "./write-tensor.js";
import { writeType } from "./write-type.js";

export function writeGraph(graph: Graph, context: WriteContext): GraphProto {
  const proto = create(GraphProtoSchema);
  restoreResidue(GraphProtoSchema, proto, graph.residue);
  if (graph.name !== "") proto.name = graph.name;
  if (graph.docString !== "") proto.docString = graph.docString;
  proto.metadataProps = writeMetadata(graph.metadataProps);
  proto.input = graph.inputs.map((value) => writeValueInfo(value, context));
  proto.output = graph.outputs.map((value) => writeValueInfo(value, context));
  for (const value of graph.initializers) {
    if (value.initializer === null) proto.sparseInitializer.push(writeSparse(value));
    else proto.initializer.push(writeInitializer(value.initializer, value.name, context));
  }
  proto.node = [...graph.nodes].map((node) => writeNode(node, context));
  const known = writeInnerValues(graph, context);
  const names = namesOf(graph);
  // Entries that named nothing when the file was read, unless their name has been given to something since.
  const stale = proto.valueInfo.filter(({ name }) => !names.has(name));
  proto.valueInfo = [...known, ...stale];
  return proto;
}

function writeNode(node: Node, context: WriteContext): NodeProto {
  const nameOf = (value: Value | null): string => value?.name ?? "";
  const proto = create(NodeProtoSchema, {
    input: node.inputs.map(nameOf),
    output: node.outputs.map(nameOf),
    opType: node.opType,
    metadataProps: writeMetadata(node.metadataProps),
  });
  if (node.name !== "") proto.name = node.name;
  if (node.domain !== "") proto.domain = node.domain;
  if (node.overload !== "") proto.overload = node.overload;
  if (node.docString !== "") proto.docString = node.docString;
  proto.attribute = [...node.attributes].map(([name, attribute]) =>
    writeAttribute(name, attribute, (subgraph) => writeGraph(subgraph, context)),
  );
  restoreResidue(NodeProtoSchema, proto, node.residue);
  return proto;
}

/** Declarations of what is neither input nor output. */
function writeInnerValues(graph: Graph, context: WriteContext): ValueInfoProto[] {
  const listed = new Set([...graph.inputs, ...graph.outputs]);
  const infos: ValueInfoProto[] = [];
  for (const value of graph.initializers) {
    if (listed.has(value) || !saysMoreThanTensor(value)) continue;
    infos.push(writeValueInfo(value, context, value.initializer && typeOf(value.initializer)));
  }
  for (const node of graph.nodes) {
    for (const value of node.outputs) {
      if (value === null || listed.has(value)) continue;
      if (value.type !== null || saysMoreThanTensor(value)) infos.push(writeValueInfo(value, context));
    }
  }
  return infos;
}

function typeOf({ dataType, dims }: Tensor): ValueType {
  return { kind: "tensor", dataType, shape: dims };
}

function saysMoreThanTensor(value: Value): boolean {
  return value.docString !== "" || value.metadataProps.size > 0 || value.residue !== undefined;
}

/** @param type  the declared one; of an initialiser that is no input, its tensor's */
function writeValueInfo(
  value: Value,
  context: WriteContext,
  type: ValueType | null = value.type,
): ValueInfoProto {
  const proto = create(ValueInfoProtoSchema, {
    name: value.name,
    metadataProps: writeMetadata(value.metadataProps),
  });
  if (type !== null) proto.type = writeType(type, context.absentDims);
  if (value.docString !== "") proto.docString = value.docString;
  restoreResidue(ValueInfoProtoSchema, proto, value.residue);
  return proto;
}

function writeSparse(value: Value): SparseTensorProto {
  const { values, indices, dims, residue } = value.sparseInitializer as SparseTensorRecord;
  const proto = create(SparseTensorProtoSchema, {
    values: writeTensor(values, value.name),
    indices: writeTensor(indices),
    dims: [...dims],
  });
  restoreResidue(SparseTensorProtoSchema, proto, residue);
  return proto;
}

function namesOf(graph: Graph): Set<string> {
  const names = new Set<string>();
  for (const value of [...graph.inputs, ...graph.initializers]) names.add(value.name);
  for (const node of graph.nodes)
    for (const output of node.outputs) if (output !== null) names.add(output.name);
  return names;
}
