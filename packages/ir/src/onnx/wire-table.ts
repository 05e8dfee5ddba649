// What the scan must know of every field of every message, derived once from the generated descriptors and laid out
// flat: entry `type * 32 + field number`. (No field of ONNX has a number above 31.)

import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import type { Limits } from "../limits.js";
import { ModelProtoSchema } from "./onnx_pb.js";

/** What a field holds. `unknown` is 0: every entry that no field fills. */
export const FieldKind = {
  unknown: 0,
  message: 1,
  /** Text whose length is limited: names, keys, domains. */
  name: 2,
  /** Text of any length: documentation, metadata values. */
  text: 3,
  bytes: 4,
  /** Numbers that onnx.proto declares as bytes; they must be packed. */
  packed: 5,
  varint: 6,
  fixed32: 7,
} as const;

export const FIELDS_PER_TYPE = 32;
/** Counted fields of one message; slot 0 counts nothing. */
export const SLOTS_PER_TYPE = 4;

export interface WireTable {
  /** Message names, by type. */
  readonly names: readonly string[];
  readonly fieldNames: readonly (string | undefined)[];
  /** A {@link FieldKind} per field. */
  readonly kinds: Uint8Array;
  /** Type of a message field. */
  readonly children: Uint8Array;
  /** One bit per singular field or oneof of a message; 0 for repeated fields. */
  readonly singularBits: Uint32Array;
  /** Where occurrences within one message are counted. */
  readonly slots: Uint8Array;
  /** Limit of a slot, by `type * 4 + slot`. */
  readonly slotLimits: readonly (keyof Limits | undefined)[];
  /** Where occurrences in the whole file are counted: index into {@link FILE_COUNTS}, plus 1. */
  readonly fileCounts: Uint8Array;
  /** Rough heap bytes that one occurrence of a field costs, decoded and in the graph. */
  readonly heapBytes: Uint16Array;
  readonly graphType: number;
}

/** Limits on what is counted over the whole file. */
export const FILE_COUNTS: readonly (keyof Limits)[] = ["nodes", "initializers", "functions"];

const COUNTED_PER_FILE: Readonly<Record<string, keyof Limits>> = {
  "onnx.GraphProto.node": "nodes",
  "onnx.FunctionProto.node": "nodes",
  "onnx.GraphProto.initializer": "initializers",
  "onnx.GraphProto.sparse_initializer": "initializers",
  "onnx.ModelProto.functions": "functions",
};

const COUNTED_PER_MESSAGE: Readonly<Record<string, keyof Limits>> = {
  "onnx.NodeProto.attribute": "attributesPerNode",
  "onnx.NodeProto.input": "inputsPerNode",
  "onnx.NodeProto.output": "inputsPerNode",
  "onnx.TensorProto.dims": "rank",
  "onnx.SparseTensorProto.dims": "rank",
  "onnx.TensorShapeProto.dim": "rank",
};

/** The text that may be long; all other text is names. */
const LONG_TEXT = /\.doc_string$|^onnx\.StringStringEntryProto\.value$/;
const PACKED = /^onnx\.TensorProto\.(float|int32|int64|double|uint64)_data$/;

// Heap bytes, measured on Node 20 with protobuf-es 2.17.
const HEAP_OF_MESSAGE = 80;
const HEAP_OF_LIST = 40;
const HEAP_OF_BYTES = 104;
const HEAP_OF_TEXT_OR_NUMBER = 32;
/** What the graph in memory adds: values, nodes and tensors know their neighbours. */
const HEAP_IN_GRAPH: Readonly<Record<string, number>> = {
  "onnx.GraphProto.node": 450,
  "onnx.FunctionProto.node": 450,
  "onnx.NodeProto.output": 450,
  "onnx.GraphProto.input": 450,
  "onnx.FunctionProto.input": 450,
  "onnx.ModelProto.functions": 500,
  "onnx.NodeProto.attribute": 150,
  "onnx.AttributeProto.g": 600,
  "onnx.AttributeProto.graphs": 600,
  "onnx.AttributeProto.t": 250,
  "onnx.AttributeProto.tensors": 250,
  "onnx.GraphProto.initializer": 700,
  "onnx.GraphProto.sparse_initializer": 1000,
  "onnx.TensorProto.external_data": 300,
  "onnx.TensorShapeProto.dim": 150,
};
const HEAP_OF_METADATA = 250;

/** The table for ModelProto (type 0) and all it can hold. */
export function createWireTable(): WireTable {
  const types = reachable(ModelProtoSchema);
  const entries = types.length * FIELDS_PER_TYPE;
  const fieldNames: (string | undefined)[] = new Array(entries).fill(undefined);
  const kinds = new Uint8Array(entries);
  const children = new Uint8Array(entries);
  const singularBits = new Uint32Array(entries);
  const slots = new Uint8Array(entries);
  const slotLimits: (keyof Limits | undefined)[] = new Array(types.length * SLOTS_PER_TYPE).fill(undefined);
  const fileCounts = new Uint8Array(entries);
  const heapBytes = new Uint16Array(entries);
  types.forEach((schema, type) => {
    let slot = 0;
    for (const field of schema.fields) {
      if (field.number >= FIELDS_PER_TYPE)
        throw new Error(`the number of ${field} is too large for the table`);
      const at = type * FIELDS_PER_TYPE + field.number;
      const path = `${schema.typeName}.${field.name}`;
      fieldNames[at] = field.name;
      kinds[at] = kindOf(field, path);
      heapBytes[at] = heapOf(field, path);
      if (field.message !== undefined) children[at] = types.indexOf(field.message);
      if (field.fieldKind !== "list") singularBits[at] = 1 << (field.oneof?.fields[0] ?? field).number;
      const perFile = COUNTED_PER_FILE[path];
      if (perFile !== undefined) fileCounts[at] = FILE_COUNTS.indexOf(perFile) + 1;
      const perMessage = COUNTED_PER_MESSAGE[path];
      if (perMessage === undefined) continue;
      slots[at] = ++slot;
      slotLimits[type * SLOTS_PER_TYPE + slot] = perMessage;
    }
  });
  const names = types.map(({ typeName }) => typeName.replace(/^onnx\./, ""));
  const graphType = names.indexOf("GraphProto");
  return {
    names,
    fieldNames,
    kinds,
    children,
    singularBits,
    slots,
    slotLimits,
    fileCounts,
    heapBytes,
    graphType,
  };
}

function reachable(root: DescMessage): DescMessage[] {
  const types = [root];
  for (const type of types) {
    for (const { message } of type.fields) {
      if (message !== undefined && !types.includes(message)) types.push(message);
    }
  }
  return types;
}

function kindOf(field: DescField, path: string): number {
  if (field.message !== undefined) return FieldKind.message;
  switch (field.scalar) {
    case ScalarType.STRING:
      return LONG_TEXT.test(path) ? FieldKind.text : FieldKind.name;
    case ScalarType.BYTES:
      return PACKED.test(path) ? FieldKind.packed : FieldKind.bytes;
    case ScalarType.FLOAT:
      return FieldKind.fixed32;
    case ScalarType.INT32:
    case ScalarType.INT64:
      return FieldKind.varint;
    default:
      throw new Error(`${path} has a type the scan does not know`);
  }
}

function heapOf(field: DescField, path: string): number {
  const inGraph = HEAP_IN_GRAPH[path] ?? (field.name === "metadata_props" ? HEAP_OF_METADATA : 0);
  if (field.message === undefined) {
    return inGraph + (field.scalar === ScalarType.BYTES ? HEAP_OF_BYTES : HEAP_OF_TEXT_OR_NUMBER);
  }
  const lists = field.message.fields.filter(({ fieldKind }) => fieldKind === "list").length;
  return inGraph + HEAP_OF_MESSAGE + HEAP_OF_LIST * lists;
}
