// The target

export { type FileRuntime, filesOnTflite } from "./target/files-on-tflite.js";
export { onnxOnTflite, profilerOn } from "./target/onnx-on-tflite.js";
export { TFLITE_RUNTIME_REASONS, tflite } from "./target/tflite.js";
export { TFLITE_SETTINGS, type TflitePrecision, tfliteFormat } from "./target/tflite-format.js";

// From ONNX: what each node becomes, and why one cannot

export {
  type ExportedFullInt8,
  type ExportInt8Options,
  exportFullInt8,
  exportInt8,
  type ObserveInt8Options,
  observeInt8,
} from "./export/export-full-int8.js";
export {
  type ExportedTflite,
  type ExportTfliteOptions,
  exportTflite,
  type Sparse,
} from "./export/export-tflite.js";
export { type BorderTensor, toFileOrder, toOnnxOrder } from "./export/interface-order.js";
export { INTERFACE_METADATA, type TensorInterface, type TfliteInterface } from "./export/io.js";
export { readInterface } from "./export/read-interface.js";
export type { ConstantElements, GraphTensor } from "./graph/graph-tensor.js";
export type { GraphOperator, TfliteGraph } from "./graph/tflite-graph.js";
export type { Layout } from "./layout/layout.js";
export { defaultLowerings, TFLITE_LOWERINGS } from "./lower/all.js";
export type { LowerContext, OutputOf, Placement, Scramble } from "./lower/lower-context.js";
export {
  type AcceptedLayouts,
  createLoweringRegistry,
  defineLowering,
  type Lowering,
  type LoweringRegistry,
} from "./lower/lowering.js";
export { type LoweringRefusal, TFLITE_REASONS, type TfliteReason } from "./lower/refusal.js";
export type { Precision } from "./precision/pack-weights.js";

// Files

export { isTflite } from "./is-tflite.js";
export { makeOptions } from "./make-options.js";
export type {
  DimensionMetadata,
  Metadata,
  Operator,
  OperatorCode,
  QuantizationParameters,
  SignatureDef,
  SparseIndexVector,
  SparsityParameters,
  SubGraph,
  TensorMap,
  TfliteBuffer,
  TfliteModel,
  TfliteTensor,
} from "./model.js";
export { type ReadTfliteOptions, readTflite } from "./read-tflite.js";
export { BUILTIN_OPERATORS, type BuiltinOperator, builtinOperator } from "./schema/builtin-operator.js";
export {
  BUILTIN_OPTIONS,
  type BuiltinOptions,
  type BuiltinOptionsType,
  type OptionsOf,
} from "./schema/builtin-options.js";
export { ENUMS, type TensorType } from "./schema/enums.js";
export { bitsOfTensorType, quantizedRange } from "./schema/tensor-type.js";
export { type WriteTfliteOptions, writeTflite } from "./write-tflite.js";

// Sparse weights

export { SPARSE_CONDITIONS, type SparseCondition, type SparseFailure } from "./sparse/conditions.js";
export type { DensifiedWeights } from "./sparse/densify.js";
