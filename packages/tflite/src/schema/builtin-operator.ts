// The builtin operators with their codes and the type of options that each takes (null: none). The list ends at 161:
// 162 and above are StableHLO forms that no runtime runs from a file without the second union of options, and from 207
// on TensorFlow and LiteRT give the same number to different operators.

import type { BuiltinOptionsType } from "./builtin-options.js";

export const BUILTIN_OPERATORS = [
  [0, "ADD", "AddOptions"], [1, "AVERAGE_POOL_2D", "Pool2DOptions"], [2, "CONCATENATION", "ConcatenationOptions"],
  [3, "CONV_2D", "Conv2DOptions"], [4, "DEPTHWISE_CONV_2D", "DepthwiseConv2DOptions"],
  [5, "DEPTH_TO_SPACE", "DepthToSpaceOptions"], [6, "DEQUANTIZE", "DequantizeOptions"],
  [7, "EMBEDDING_LOOKUP", null], [8, "FLOOR", null], [9, "FULLY_CONNECTED", "FullyConnectedOptions"],
  [10, "HASHTABLE_LOOKUP", null], [11, "L2_NORMALIZATION", "L2NormOptions"], [12, "L2_POOL_2D", "Pool2DOptions"],
  [13, "LOCAL_RESPONSE_NORMALIZATION", "LocalResponseNormalizationOptions"], [14, "LOGISTIC", null],
  [15, "LSH_PROJECTION", "LSHProjectionOptions"], [16, "LSTM", "LSTMOptions"],
  [17, "MAX_POOL_2D", "Pool2DOptions"], [18, "MUL", "MulOptions"], [19, "RELU", null], [20, "RELU_N1_TO_1", null],
  [21, "RELU6", null], [22, "RESHAPE", "ReshapeOptions"], [23, "RESIZE_BILINEAR", "ResizeBilinearOptions"],
  [24, "RNN", "RNNOptions"], [25, "SOFTMAX", "SoftmaxOptions"], [26, "SPACE_TO_DEPTH", "SpaceToDepthOptions"],
  [27, "SVDF", "SVDFOptions"], [28, "TANH", null], [29, "CONCAT_EMBEDDINGS", "ConcatEmbeddingsOptions"],
  [30, "SKIP_GRAM", "SkipGramOptions"], [31, "CALL", "CallOptions"], [32, "CUSTOM", null],
  [33, "EMBEDDING_LOOKUP_SPARSE", "EmbeddingLookupSparseOptions"], [34, "PAD", "PadOptions"],
  [35, "UNIDIRECTIONAL_SEQUENCE_RNN", "SequenceRNNOptions"], [36, "GATHER", "GatherOptions"],
  [37, "BATCH_TO_SPACE_ND", "BatchToSpaceNDOptions"], [38, "SPACE_TO_BATCH_ND", "SpaceToBatchNDOptions"],
  [39, "TRANSPOSE", "TransposeOptions"], [40, "MEAN", "ReducerOptions"], [41, "SUB", "SubOptions"],
  [42, "DIV", "DivOptions"], [43, "SQUEEZE", "SqueezeOptions"],
  [44, "UNIDIRECTIONAL_SEQUENCE_LSTM", "UnidirectionalSequenceLSTMOptions"],
  [45, "STRIDED_SLICE", "StridedSliceOptions"],
  [46, "BIDIRECTIONAL_SEQUENCE_RNN", "BidirectionalSequenceRNNOptions"], [47, "EXP", "ExpOptions"],
  [48, "TOPK_V2", "TopKV2Options"], [49, "SPLIT", "SplitOptions"], [50, "LOG_SOFTMAX", "LogSoftmaxOptions"],
  [51, "DELEGATE", null], [52, "BIDIRECTIONAL_SEQUENCE_LSTM", "BidirectionalSequenceLSTMOptions"],
  [53, "CAST", "CastOptions"], [54, "PRELU", null], [55, "MAXIMUM", "MaximumMinimumOptions"],
  [56, "ARG_MAX", "ArgMaxOptions"], [57, "MINIMUM", "MaximumMinimumOptions"], [58, "LESS", "LessOptions"],
  [59, "NEG", "NegOptions"], [60, "PADV2", "PadV2Options"], [61, "GREATER", "GreaterOptions"],
  [62, "GREATER_EQUAL", "GreaterEqualOptions"], [63, "LESS_EQUAL", "LessEqualOptions"],
  [64, "SELECT", "SelectOptions"], [65, "SLICE", "SliceOptions"], [66, "SIN", null],
  [67, "TRANSPOSE_CONV", "TransposeConvOptions"], [68, "SPARSE_TO_DENSE", "SparseToDenseOptions"],
  [69, "TILE", "TileOptions"], [70, "EXPAND_DIMS", "ExpandDimsOptions"], [71, "EQUAL", "EqualOptions"],
  [72, "NOT_EQUAL", "NotEqualOptions"], [73, "LOG", null], [74, "SUM", "ReducerOptions"], [75, "SQRT", null],
  [76, "RSQRT", null], [77, "SHAPE", "ShapeOptions"], [78, "POW", "PowOptions"], [79, "ARG_MIN", "ArgMinOptions"],
  [80, "FAKE_QUANT", "FakeQuantOptions"], [81, "REDUCE_PROD", "ReducerOptions"],
  [82, "REDUCE_MAX", "ReducerOptions"], [83, "PACK", "PackOptions"], [84, "LOGICAL_OR", "LogicalOrOptions"],
  [85, "ONE_HOT", "OneHotOptions"], [86, "LOGICAL_AND", "LogicalAndOptions"],
  [87, "LOGICAL_NOT", "LogicalNotOptions"], [88, "UNPACK", "UnpackOptions"], [89, "REDUCE_MIN", "ReducerOptions"],
  [90, "FLOOR_DIV", "FloorDivOptions"], [91, "REDUCE_ANY", "ReducerOptions"], [92, "SQUARE", "SquareOptions"],
  [93, "ZEROS_LIKE", "ZerosLikeOptions"], [94, "FILL", "FillOptions"], [95, "FLOOR_MOD", "FloorModOptions"],
  [96, "RANGE", "RangeOptions"], [97, "RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions"],
  [98, "LEAKY_RELU", "LeakyReluOptions"], [99, "SQUARED_DIFFERENCE", "SquaredDifferenceOptions"],
  [100, "MIRROR_PAD", "MirrorPadOptions"], [101, "ABS", "AbsOptions"], [102, "SPLIT_V", "SplitVOptions"],
  [103, "UNIQUE", "UniqueOptions"], [104, "CEIL", null], [105, "REVERSE_V2", "ReverseV2Options"],
  [106, "ADD_N", "AddNOptions"], [107, "GATHER_ND", "GatherNdOptions"], [108, "COS", "CosOptions"],
  [109, "WHERE", "WhereOptions"], [110, "RANK", "RankOptions"], [111, "ELU", null],
  [112, "REVERSE_SEQUENCE", "ReverseSequenceOptions"], [113, "MATRIX_DIAG", "MatrixDiagOptions"],
  [114, "QUANTIZE", "QuantizeOptions"], [115, "MATRIX_SET_DIAG", "MatrixSetDiagOptions"], [116, "ROUND", null],
  [117, "HARD_SWISH", "HardSwishOptions"], [118, "IF", "IfOptions"], [119, "WHILE", "WhileOptions"],
  [120, "NON_MAX_SUPPRESSION_V4", "NonMaxSuppressionV4Options"],
  [121, "NON_MAX_SUPPRESSION_V5", "NonMaxSuppressionV5Options"], [122, "SCATTER_ND", "ScatterNdOptions"],
  [123, "SELECT_V2", "SelectV2Options"], [124, "DENSIFY", "DensifyOptions"],
  [125, "SEGMENT_SUM", "SegmentSumOptions"], [126, "BATCH_MATMUL", "BatchMatMulOptions"],
  [127, "PLACEHOLDER_FOR_GREATER_OP_CODES", null], [128, "CUMSUM", "CumsumOptions"],
  [129, "CALL_ONCE", "CallOnceOptions"], [130, "BROADCAST_TO", "BroadcastToOptions"],
  [131, "RFFT2D", "Rfft2dOptions"], [132, "CONV_3D", "Conv3DOptions"], [133, "IMAG", null], [134, "REAL", null],
  [135, "COMPLEX_ABS", null], [136, "HASHTABLE", "HashtableOptions"],
  [137, "HASHTABLE_FIND", "HashtableFindOptions"], [138, "HASHTABLE_IMPORT", "HashtableImportOptions"],
  [139, "HASHTABLE_SIZE", "HashtableSizeOptions"], [140, "REDUCE_ALL", "ReducerOptions"],
  [141, "CONV_3D_TRANSPOSE", "Conv3DOptions"], [142, "VAR_HANDLE", "VarHandleOptions"],
  [143, "READ_VARIABLE", "ReadVariableOptions"], [144, "ASSIGN_VARIABLE", "AssignVariableOptions"],
  [145, "BROADCAST_ARGS", null], [146, "RANDOM_STANDARD_NORMAL", "RandomOptions"],
  [147, "BUCKETIZE", "BucketizeOptions"], [148, "RANDOM_UNIFORM", "RandomOptions"],
  [149, "MULTINOMIAL", "RandomOptions"], [150, "GELU", "GeluOptions"],
  [151, "DYNAMIC_UPDATE_SLICE", "DynamicUpdateSliceOptions"], [152, "RELU_0_TO_1", null],
  [153, "UNSORTED_SEGMENT_PROD", "UnsortedSegmentProdOptions"],
  [154, "UNSORTED_SEGMENT_MAX", "UnsortedSegmentMaxOptions"],
  [155, "UNSORTED_SEGMENT_SUM", "UnsortedSegmentSumOptions"], [156, "ATAN2", "ATan2Options"],
  [157, "UNSORTED_SEGMENT_MIN", "UnsortedSegmentMinOptions"], [158, "SIGN", "SignOptions"],
  [159, "BITCAST", "BitcastOptions"], [160, "BITWISE_XOR", "BitwiseXorOptions"],
  [161, "RIGHT_SHIFT", "RightShiftOptions"],
] as const; // biome-ignore format: a table

/** Name of a builtin operator; `CUSTOM` for one that carries its own name. */
export type BuiltinOperator = (typeof BUILTIN_OPERATORS)[number][1];

interface OperatorEntry {
  readonly code: number;
  readonly options: BuiltinOptionsType | null;
}

const BY_NAME: ReadonlyMap<string, OperatorEntry> = new Map(
  BUILTIN_OPERATORS.map(([code, name, options]) => [name, { code, options }]),
);

/** Code and options of an operator; undefined for a name that is none. */
export function builtinOperator(name: string): OperatorEntry | undefined {
  return BY_NAME.get(name);
}

/** Name of the operator with this code; undefined for codes not known here. */
export function builtinOperatorName(code: number): BuiltinOperator | undefined {
  return BUILTIN_OPERATORS[code]?.[1];
}

/** Below it a code also fits the older one-byte field; it stands there for all that do not. */
export const PLACEHOLDER_CODE = 127;
