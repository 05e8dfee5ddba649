// The tables of a TFLite file, schema version 3, with all fields up to revision 3d.

import { BUILTIN_OPTIONS, type BuiltinOptionsType } from "./builtin-options.js";
import type { Field, Table } from "./field.js";

const STRUCTURE = {
  Model: [
    [0, "version", "uint"], [1, "operatorCodes", "tables", "OperatorCode"], [2, "subgraphs", "tables", "SubGraph"],
    [3, "description", "text?"], [4, "buffers", "tables", "Buffer"], [5, "metadataBuffer", "int[]?"],
    [6, "metadata", "tables", "Metadata"], [7, "signatureDefs", "tables", "SignatureDef"],
    [8, "externalBufferGroups", "absent", "vector"], [9, "externalBuffers", "absent", "vector"],
  ],
  OperatorCode: [
    [0, "deprecatedBuiltinCode", "byte"], [1, "customCode", "string?"], [2, "version", "int", 1], [3, "builtinCode", "int"],
  ],
  SubGraph: [
    [0, "tensors", "tables", "Tensor"], [1, "inputs", "int[]"], [2, "outputs", "int[]"],
    [3, "operators", "tables", "Operator"], [4, "name", "string"], [5, "debugMetadataIndex", "int", -1],
  ],
  Tensor: [
    [0, "shape", "int[]"], [1, "type", "TensorType"], [2, "buffer", "uint"], [3, "name", "string"],
    [4, "quantization", "table", "QuantizationParameters"], [5, "isVariable", "bool"],
    [6, "sparsity", "table", "SparsityParameters"], [7, "shapeSignature", "int[]?"], [8, "hasRank", "bool"],
    [9, "variantTensors", "absent", "vector"], [10, "externalBuffer", "absent", "uint"],
  ],
  QuantizationParameters: [
    [0, "min", "float[]?"], [1, "max", "float[]?"], [2, "scale", "float[]?"], [3, "zeroPoint", "long[]?"],
    [4, "details", "absent", "union"], [6, "quantizedDimension", "int"],
  ],
  SparsityParameters: [
    [0, "traversalOrder", "int[]"], [1, "blockMap", "int[]?"], [2, "dimMetadata", "tables", "DimensionMetadata"],
  ],
  DimensionMetadata: [
    [0, "format", "DimensionType"], [1, "denseSize", "int"], [2, "arraySegments", "union", "SparseIndexVector"],
    [4, "arrayIndices", "union", "SparseIndexVector"],
  ],
  Int32Vector: [[0, "values", "int32[]"]],
  Uint16Vector: [[0, "values", "uint16[]"]],
  Uint8Vector: [[0, "values", "bytes?", 4]],
  Operator: [
    [0, "opcodeIndex", "uint"], [1, "inputs", "int[]"], [2, "outputs", "int[]"],
    [3, "builtinOptions", "union", "BuiltinOptions"], [5, "customOptions", "bytes?"],
    [6, "customOptionsFormat", "absent", "byte"], [7, "mutatingVariableInputs", "bool[]?"], [8, "intermediates", "int[]?"],
    [9, "largeCustomOptionsOffset", "absent", "ulong"], [10, "largeCustomOptionsSize", "absent", "ulong"],
    [11, "builtinOptions2", "absent", "union"], [13, "debugMetadataIndex", "int", -1],
  ],
  Buffer: [[0, "data", "bytes?", 16], [1, "offset", "absent", "ulong"], [2, "size", "absent", "ulong"]],
  Metadata: [[0, "name", "string"], [1, "buffer", "uint"]],
  TensorMap: [[0, "name", "string"], [1, "tensorIndex", "uint"]],
  SignatureDef: [
    [0, "inputs", "tables", "TensorMap"], [1, "outputs", "tables", "TensorMap"], [2, "signatureKey", "string"],
    [3, "deprecatedTag", "string?"], [4, "subgraphIndex", "subgraph:uint"],
  ],
} as const; // biome-ignore format: a table

export type TableName = keyof typeof STRUCTURE | BuiltinOptionsType;

export const TABLES: Readonly<Record<TableName, Table>> = { ...STRUCTURE, ...BUILTIN_OPTIONS };

/** The tables that a union can hold; the tag is the place in the list plus one, 0 is none. */
export const UNIONS: Readonly<Record<string, readonly TableName[]>> = {
  BuiltinOptions: Object.keys(BUILTIN_OPTIONS) as BuiltinOptionsType[],
  SparseIndexVector: ["Int32Vector", "Uint16Vector", "Uint8Vector"],
};

/** Why a field that is known is refused. */
export const REASONS: Readonly<Record<string, string>> = {
  externalBufferGroups: "Weights outside the file are not read",
  externalBuffers: "Weights outside the file are not read",
  externalBuffer: "Weights outside the file are not read",
  offset: "Weights behind the FlatBuffer (files of more than 2 GB) are not read",
  size: "Weights behind the FlatBuffer (files of more than 2 GB) are not read",
  largeCustomOptionsOffset: "Options behind the FlatBuffer (files of more than 2 GB) are not read",
  largeCustomOptionsSize: "Options behind the FlatBuffer (files of more than 2 GB) are not read",
  variantTensors: "Tensors of variant types are not read",
  details: "Quantisation other than by scale and zero point is not read",
  customOptionsFormat: "Custom options in another format than FlexBuffers are not read",
  builtinOptions2: "StableHLO operators are not read",
};

/** One past the last slot of a table; a union takes two. */
export function slotCount(table: Table): number {
  return table.reduce((count, field) => Math.max(count, field[0] + (isUnion(field) ? 2 : 1)), 0);
}

function isUnion([, , kind, detail]: Field): boolean {
  return kind === "union" || (kind === "absent" && detail === "union");
}
