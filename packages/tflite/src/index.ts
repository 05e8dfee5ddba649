// Files
export { makeOptions } from "./make-options.js";
// The model
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
// Schema
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
