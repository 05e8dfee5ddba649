// Attribute to AttributeProto.

import { create } from "@bufbuild/protobuf";
import type { Attribute } from "../graph/attribute.js";
import type { Graph } from "../graph/graph.js";
import { attributeTypeOf } from "./attribute-kinds.js";
import { type AttributeProto, AttributeProtoSchema, type GraphProto } from "./onnx_pb.js";
import { restoreResidue } from "./residue.js";
import { writeTensor } from "./write-tensor.js";

export function writeAttribute(
  name: string,
  { value, docString, residue }: Attribute,
  writeSubgraph: (graph: Graph) => GraphProto,
): AttributeProto {
  const type = attributeTypeOf(value.kind);
  const proto = create(AttributeProtoSchema, { name, ...(type === undefined ? {} : { type }) });
  switch (value.kind) {
    case "opaque":
      restoreResidue(AttributeProtoSchema, proto, value.value);
      proto.name = name;
      break;
    case "float":
      proto.f = value.value;
      break;
    case "int":
      proto.i = value.value;
      break;
    case "string":
      proto.s = value.value;
      break;
    case "tensor":
      proto.t = writeTensor(value.value);
      break;
    case "graph":
      proto.g = writeSubgraph(value.value);
      break;
    case "floats":
      proto.floats = [...value.value];
      break;
    case "ints":
      proto.ints = [...value.value];
      break;
    case "strings":
      proto.strings = [...value.value];
      break;
    case "tensors":
      proto.tensors = value.value.map((tensor) => writeTensor(tensor));
      break;
    case "graphs":
      proto.graphs = value.value.map(writeSubgraph);
  }
  if (docString !== undefined) proto.docString = docString;
  restoreResidue(AttributeProtoSchema, proto, residue);
  return proto;
}
