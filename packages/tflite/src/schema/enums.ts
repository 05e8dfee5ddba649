// The enumerations of the TFLite schema, version 3, that take one byte: the place in the list is the number in the file.

export const ENUMS = {
  TensorType: [
    "FLOAT32", "FLOAT16", "INT32", "UINT8", "INT64", "STRING", "BOOL", "INT16", "COMPLEX64", "INT8", "FLOAT64",
    "COMPLEX128", "UINT64", "RESOURCE", "VARIANT", "UINT32", "UINT16", "INT4", "BFLOAT16", "INT2", "UINT4",
    "FLOAT8_E4M3FN", "FLOAT8_E5M2",
  ],
  Padding: ["SAME", "VALID"],
  Activation: ["NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"],
  DimensionType: ["DENSE", "SPARSE_CSR"],
  WeightsFormat: ["DEFAULT", "SHUFFLED4x16INT8"],
  LSHProjectionType: ["UNKNOWN", "SPARSE", "DENSE"],
  LSTMKernelType: ["FULL", "BASIC"],
  CombinerType: ["SUM", "MEAN", "SQRTN"],
  MirrorPadMode: ["REFLECT", "SYMMETRIC"],
} as const; // biome-ignore format: a table

export type EnumName = keyof typeof ENUMS;
/** Element type of a tensor, by its name in the schema. */
export type TensorType = (typeof ENUMS.TensorType)[number];
