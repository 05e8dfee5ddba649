// A TFLite model in memory: the tables of the file as plain objects, indices kept as indices. Absent and empty vectors
// and texts are the same; fields that a file leaves out have their default.

import type { BuiltinOperator } from "./schema/builtin-operator.js";
import type { BuiltinOptions } from "./schema/builtin-options.js";
import type { TensorType } from "./schema/enums.js";

export interface TfliteModel {
  /** Of the schema; 3. */
  readonly version: number;
  readonly description: string;
  readonly operatorCodes: readonly OperatorCode[];
  /** The first is the main graph. */
  readonly subgraphs: readonly SubGraph[];
  /** The first is empty: tensors without data point to it. */
  readonly buffers: readonly TfliteBuffer[];
  readonly metadata: readonly Metadata[];
  /** Indices of buffers; an older form of `metadata`. */
  readonly metadataBuffer: readonly number[];
  readonly signatureDefs: readonly SignatureDef[];
}

/** What operators of one kind share. */
export interface OperatorCode {
  readonly builtinCode: BuiltinOperator;
  /** Name of the operator where `builtinCode` is `CUSTOM`, else empty. */
  readonly customCode: string;
  /** Version of the operator: raised with each addition to it. Runtimes refuse those they do not know. */
  readonly version: number;
}

export interface SubGraph {
  readonly name: string;
  readonly tensors: readonly TfliteTensor[];
  /** Indices of tensors. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** In the order of execution. */
  readonly operators: readonly Operator[];
  /** Place among the debug information in `metadata`; -1 for none. */
  readonly debugMetadataIndex: number;
}

export interface TfliteTensor {
  readonly name: string;
  readonly type: TensorType;
  /** Sizes as the file was made for; `[]` for scalars, and for unknown ranks where `hasRank` is false. */
  readonly shape: readonly number[];
  /** The same with -1 for sizes that may change; empty where none may. */
  readonly shapeSignature: readonly number[];
  readonly hasRank: boolean;
  /** Index of the buffer with the constant's elements, little-endian; an empty one for all that is computed. */
  readonly buffer: number;
  /** State that is kept from one run to the next. */
  readonly isVariable: boolean;
  readonly quantization: QuantizationParameters | null;
  /** How the buffer holds only a part of the elements; null where it holds all. */
  readonly sparsity: SparsityParameters | null;
}

/** real = scale · (stored - zeroPoint), with one of each or one per slice along `quantizedDimension`. */
export interface QuantizationParameters {
  readonly scale: Float32Array;
  readonly zeroPoint: readonly number[];
  /** Range of the real values, for information. */
  readonly min: Float32Array;
  readonly max: Float32Array;
  readonly quantizedDimension: number;
}

/**
 * A tensor of rank n with k blocked dimensions as a tree of n + k levels (Kjolstad et al. 2017, "The tensor algebra
 * compiler"): every level is dense or, as in compressed sparse rows, lists the places that are stored.
 */
export interface SparsityParameters {
  /** Which dimension each level stands for: the tensor's 0 … n - 1, then those inside a block, n … n + k - 1. */
  readonly traversalOrder: readonly number[];
  /** The tensor's dimension that each block dimension divides. */
  readonly blockMap: readonly number[];
  /** One for each level. */
  readonly dimMetadata: readonly DimensionMetadata[];
}

export interface DimensionMetadata {
  readonly format: "DENSE" | "SPARSE_CSR";
  /** Places of a dense level; 0 for a sparse one. */
  readonly denseSize: number;
  /** Where the places of each node of the level above begin in `arrayIndices`, and where the last ones end. */
  readonly arraySegments: SparseIndexVector | null;
  /** The places that are stored, ascending within a segment. */
  readonly arrayIndices: SparseIndexVector | null;
}

export type SparseIndexVector =
  | { readonly type: "Int32Vector"; readonly values: Int32Array }
  | { readonly type: "Uint16Vector"; readonly values: Uint16Array }
  | { readonly type: "Uint8Vector"; readonly values: Uint8Array };

export interface Operator {
  readonly opcodeIndex: number;
  /** Indices of tensors; -1 for an optional input that is not there. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly builtinOptions: BuiltinOptions | null;
  /** FlexBuffers, as they are. */
  readonly customOptions: Uint8Array;
  /** For each input whether the operator changes it; empty where none is. */
  readonly mutatingVariableInputs: readonly boolean[];
  /** Indices of tensors that live inside the operator. */
  readonly intermediates: readonly number[];
  readonly debugMetadataIndex: number;
}

export interface TfliteBuffer {
  readonly data: Uint8Array;
}

export interface Metadata {
  readonly name: string;
  /** Index of the buffer with the content. */
  readonly buffer: number;
}

/** Names for inputs and outputs of a subgraph, under which callers know them. */
export interface SignatureDef {
  readonly signatureKey: string;
  readonly subgraphIndex: number;
  readonly inputs: readonly TensorMap[];
  readonly outputs: readonly TensorMap[];
  /** Left by older converters. */
  readonly deprecatedTag: string;
}

export interface TensorMap {
  readonly name: string;
  readonly tensorIndex: number;
}
