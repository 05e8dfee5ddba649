// Errors and limits

export { checkedAdd, checkedMultiply, checkedNumber, checkedProduct } from "./checked.js";
export { ERROR_CODES, type ErrorCode } from "./error-codes.js";
export { type ErrorContext, EspalierError, isEspalierError, quoteName } from "./errors.js";
export { BROWSER_LIMITS, enforceLimit, type Limits, NODE_LIMITS, resolveLimits } from "./limits.js";

// Tensors and dimensions

export { bitsPerElement, DataType, type DataTypeCode, dataTypeName, isFloating } from "./data-type.js";
export {
  addDims,
  bindDim,
  type Dim,
  dimText,
  divideDims,
  equalDims,
  isStatic,
  isStaticShape,
  multiplyDims,
  opaqueDim,
  productOf,
  type SymbolicDim,
  shapeText,
  symbol,
} from "./dim.js";
export {
  boolTensor,
  floatTensor,
  int64Tensor,
  rawByteLength,
  rawTensor,
  Tensor,
  type TensorInit,
  type TensorStorage,
} from "./tensor.js";
export {
  bfloat16ToNumber,
  clampToSafe,
  float16ToNumber,
  numberToFloat16,
  readFloats,
  readIntegers,
} from "./tensor-values.js";

// Graph

export { GraphBuilder, type OpOptions } from "./builder.js";
export {
  type Attribute,
  type AttributeValue,
  floatAttribute,
  floatsAttribute,
  graphsOf,
  intAttribute,
  intsAttribute,
  stringAttribute,
  tensorAttribute,
} from "./graph/attribute.js";
export { type ClonedModel, cloneModel } from "./graph/clone.js";
export { Graph, graphsWithin } from "./graph/graph.js";
export { type LocalFunction, Model, type ModelInit } from "./graph/model.js";
export { FreshNames } from "./graph/names.js";
export { Node, type NodeInit } from "./graph/node.js";
export { capturedValues, sortTopologically, topologicalOrder } from "./graph/order.js";
export { Value, type ValueType } from "./graph/value.js";

// ONNX files

export type { ExternalData, ExternalFile } from "./onnx/external-data.js";
export { type ReadOptions, readModel } from "./onnx/read-model.js";
export {
  concatChunks,
  type ExternalPlacement,
  type WriteOptions,
  type WrittenFile,
  type WrittenModel,
  writeModel,
} from "./onnx/write-model.js";

// Shapes, types and constants of a graph

export { type ResolvedBindings, resolveBindings, type UnboundDimension } from "./shape/bindings.js";
export type { Facts, TypeFact } from "./shape/facts.js";
export { type InferOptions, inferFacts } from "./shape/infer.js";

// Older opsets

export type { RaiseForm } from "./raise/raise-form.js";
export { type RaisedModel, type RaiseOptions, raiseOpset } from "./raise/raise-opset.js";

// Operators

export { OP_DEFINITIONS } from "./ops/all.js";
export { type ArgReduceView, argMax, argMin } from "./ops/arg-reduce.js";
export { type BatchNormalizationView, batchNormalization } from "./ops/batch-normalization.js";
export { type BroadcastView, broadcasting } from "./ops/broadcast.js";
export { bitCast, type CastLikeView, type CastView, cast, castLike } from "./ops/cast.js";
export { type ClipView, clip } from "./ops/clip.js";
export { type CompressView, compress } from "./ops/compress.js";
export { type ConcatView, concat } from "./ops/concat.js";
export { type ConstantView, constant } from "./ops/constant.js";
export { type ConstantOfShapeView, constantOfShape } from "./ops/constant-of-shape.js";
export { type ConvView, conv } from "./ops/conv.js";
export { type ConvTransposeView, convTranspose } from "./ops/conv-transpose.js";
export { listOperators, type OperatorName } from "./ops/coverage.js";
export { type CropView, crop } from "./ops/crop.js";
export { type CumSumView, cumProd, cumSum } from "./ops/cum-sum.js";
export {
  createOpRegistry,
  defineOp,
  type Float32Reason,
  type OpDefinition,
  type OpRegistry,
} from "./ops/definition.js";
export { type DepthToSpaceView, depthToSpace } from "./ops/depth-to-space.js";
export {
  type DequantizeLinearView,
  dequantizeLinear,
  dequantizeLinearMicrosoft,
} from "./ops/dequantize-linear.js";
export { type DropoutView, dropout } from "./ops/dropout.js";
export { type DynamicQuantizeLinearView, dynamicQuantizeLinear } from "./ops/dynamic-quantize-linear.js";
export { type EinsumView, einsum } from "./ops/einsum.js";
export { type ElementwiseUnaryView, elementwiseUnary, type UnaryView } from "./ops/elementwise-unary.js";
export { type ExpandView, expand } from "./ops/expand.js";
export { type EyeLikeView, eyeLike } from "./ops/eye-like.js";
export { type FlattenView, flatten } from "./ops/flatten.js";
export { type GatherView, gather } from "./ops/gather.js";
export { type GatherElementsView, gatherElements } from "./ops/gather-elements.js";
export { type GatherNDView, gatherND } from "./ops/gather-nd.js";
export { type GemmView, gemm } from "./ops/gemm.js";
export { type GlobalPoolView, globalAveragePool, globalLpPool, globalMaxPool } from "./ops/global-pool.js";
export { type GridSampleView, gridSample } from "./ops/grid-sample.js";
export { type GroupNormalizationView, groupNormalization } from "./ops/group-normalization.js";
export { type GruView, gru } from "./ops/gru.js";
export { type IfView, ifOp } from "./ops/if.js";
export { type ImageScalerView, imageScaler } from "./ops/image-scaler.js";
export { type InstanceNormalizationView, instanceNormalization } from "./ops/instance-normalization.js";
export {
  type LayerNormalizationView,
  layerNormalization,
  rmsNormalization,
  simplifiedLayerNormalization,
} from "./ops/layer-normalization.js";
export { type LoopView, loop } from "./ops/loop.js";
export { type LpNormalizationView, lpNormalization } from "./ops/lp-normalization.js";
export { type LrnView, lrn } from "./ops/lrn.js";
export { type LstmView, lstm } from "./ops/lstm.js";
export { type MatMulView, matMul, matMulShape } from "./ops/mat-mul.js";
export { type MatMulNBitsView, matMulNBits } from "./ops/mat-mul-n-bits.js";
export { type MaxUnpoolView, maxUnpool } from "./ops/max-unpool.js";
export {
  type MeanVarianceNormalizationView,
  meanVarianceNormalization,
} from "./ops/mean-variance-normalization.js";
export { type NonMaxSuppressionView, nonMaxSuppression } from "./ops/non-max-suppression.js";
export { type NonZeroView, nonZero } from "./ops/non-zero.js";
export { type OneHotView, oneHot } from "./ops/one-hot.js";
export { type PReluView, pRelu } from "./ops/p-relu.js";
export { type PadView, pad } from "./ops/pad.js";
export { averagePool, lpPool, maxPool, type PoolView } from "./ops/pool.js";
export { convInteger, type IntegerConvView, type QLinearConvView, qLinearConv } from "./ops/q-linear-conv.js";
export {
  type IntegerMatMulView,
  matMulInteger,
  type QLinearMatMulView,
  qLinearMatMul,
} from "./ops/q-linear-mat-mul.js";
export { type QuantizeLinearView, quantizeLinear, quantizeLinearMicrosoft } from "./ops/quantize-linear.js";
export {
  bernoulli,
  multinomial,
  type RandomView,
  randomNormal,
  randomNormalLike,
  randomUniform,
  randomUniformLike,
} from "./ops/random.js";
export { type RangeView, range } from "./ops/range.js";
export type { RecurrentView } from "./ops/recurrent.js";
export { type ReduceView, type Reduction, reductions } from "./ops/reduce.js";
export { type ReshapeView, reshape } from "./ops/reshape.js";
export { type ResizeView, resize, upsample } from "./ops/resize.js";
export { type ReverseSequenceView, reverseSequence } from "./ops/reverse-sequence.js";
export { type RnnView, rnn } from "./ops/rnn.js";
export { type RoiAlignView, roiAlign } from "./ops/roi-align.js";
export { type ScanView, scan } from "./ops/scan.js";
export { type ScatterElementsView, scatter, scatterElements } from "./ops/scatter-elements.js";
export { type ScatterNDView, scatterND } from "./ops/scatter-nd.js";
export { type ShapeView, shape } from "./ops/shape.js";
export { type SizeView, size } from "./ops/size.js";
export { clampRange, type SliceRange, type SliceView, slice } from "./ops/slice.js";
export { hardmax, logSoftmax, type SoftmaxView, softmax } from "./ops/softmax.js";
export { type SpaceToDepthView, spaceToDepth } from "./ops/space-to-depth.js";
export { type SplitView, split } from "./ops/split.js";
export { type SqueezeView, squeeze } from "./ops/squeeze.js";
export { type TileView, tile } from "./ops/tile.js";
export { type TopKView, topK } from "./ops/top-k.js";
export { type TransposeView, transpose } from "./ops/transpose.js";
export { type TriluView, trilu } from "./ops/trilu.js";
export { type UnsqueezeView, unsqueeze } from "./ops/unsqueeze.js";
export { convolvedSize, type Window } from "./ops/window.js";
