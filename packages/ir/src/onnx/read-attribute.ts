// AttributeProto to Attribute. An attribute must hold exactly the kind of value that its type says.

import { EspalierError, quoteName } from "../errors.js";
import type { Attribute, AttributeValue } from "../graph/attribute.js";
import type { Graph } from "../graph/graph.js";
import { ATTRIBUTE_KINDS, type AttributeKind } from "./attribute-kinds.js";
import { type AttributeProto, AttributeProtoSchema, type GraphProto, type NodeProto } from "./onnx_pb.js";
import type { ReadContext } from "./read-context.js";
import { readTensor } from "./read-tensor.js";
import { isSet, residueOf } from "./residue.js";
import { verifyPassedThrough } from "./verify-passed-through.js";

/** The attributes of `node` by name; `readSubgraph` reads those that are graphs. */
export function readAttributes(
  node: NodeProto,
  context: ReadContext,
  readSubgraph: (proto: GraphProto) => Graph,
): Map<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  for (const proto of node.attribute) {
    if (attributes.has(proto.name)) {
      throw new EspalierError("DUPLICATE", "A node gives an attribute twice", {
        node: node.name,
        opType: node.opType,
        found: quoteName(proto.name),
      });
    }
    attributes.set(proto.name, readAttribute(proto, node, context, readSubgraph));
  }
  return attributes;
}

function readAttribute(
  proto: AttributeProto,
  node: NodeProto,
  context: ReadContext,
  readSubgraph: (proto: GraphProto) => Graph,
): Attribute {
  const kind = ATTRIBUTE_KINDS.get(proto.type);
  if (proto.type === 0) throw malformed(proto, node, "a type", "none");
  requireOnly(kind, proto, node);
  const value = readValue(kind, proto, node, context, readSubgraph);
  const residue = value.kind === "opaque" ? undefined : residueOf(AttributeProtoSchema, proto);
  return {
    value,
    ...(proto.docString === "" ? {} : { docString: proto.docString }),
    ...(residue === undefined ? {} : { residue }),
  };
}

function readValue(
  kind: AttributeKind | undefined,
  proto: AttributeProto,
  node: NodeProto,
  context: ReadContext,
  readSubgraph: (proto: GraphProto) => Graph,
): AttributeValue {
  if (proto.refAttrName === "") {
    const where = `attribute ${quoteName(proto.name)}`;
    switch (kind?.kind) {
      case "float":
        return { kind: "float", value: proto.f };
      case "int":
        return { kind: "int", value: proto.i };
      case "string":
        return { kind: "string", value: proto.s };
      case "floats":
        return { kind: "floats", value: proto.floats };
      case "ints":
        return { kind: "ints", value: proto.ints };
      case "strings":
        return { kind: "strings", value: proto.strings };
      case "tensor":
        if (proto.t === undefined) throw malformed(proto, node, "a tensor", "none");
        return { kind: "tensor", value: readTensor(proto.t, where, context) };
      case "tensors":
        return { kind: "tensors", value: proto.tensors.map((t) => readTensor(t, where, context)) };
      case "graph":
        if (proto.g === undefined) throw malformed(proto, node, "a graph", "none");
        return { kind: "graph", value: readSubgraph(proto.g) };
      case "graphs":
        return { kind: "graphs", value: proto.graphs.map(readSubgraph) };
    }
  }
  verifyPassedThrough(proto, "an attribute that is passed through", context);
  return { kind: "opaque", value: proto };
}

/** Writers of proto3 leave out zeros, so the field of the type itself may be missing; no other may be there. */
function requireOnly(kind: AttributeKind | undefined, proto: AttributeProto, node: NodeProto): void {
  if (kind === undefined) return;
  for (const { field } of ATTRIBUTE_KINDS.values()) {
    if (field === kind.field || !isSet(proto, field)) continue;
    throw new EspalierError("AMBIGUOUS", "An attribute holds a value of another kind than its type says", {
      node: node.name,
      opType: node.opType,
      where: `attribute ${quoteName(proto.name)}`,
      expected: kind.field,
      found: field,
    });
  }
}

function malformed(proto: AttributeProto, node: NodeProto, expected: string, found: string): EspalierError {
  return new EspalierError("MALFORMED", "An attribute is not complete", {
    node: node.name,
    opType: node.opType,
    where: `attribute ${quoteName(proto.name)}`,
    expected,
    found,
  });
}
