// Every operator this version describes: the one list. Add a definition here and nowhere else.

import { argMax, argMin } from "./arg-reduce.js";
import { batchNormalization } from "./batch-normalization.js";
import { broadcasting } from "./broadcast.js";
import { bitCast, cast, castLike } from "./cast.js";
import { clip } from "./clip.js";
import { compress } from "./compress.js";
import { concat } from "./concat.js";
import { constant } from "./constant.js";
import { constantOfShape } from "./constant-of-shape.js";
import { conv } from "./conv.js";
import { convTranspose } from "./conv-transpose.js";
import { crop } from "./crop.js";
import { cumProd, cumSum } from "./cum-sum.js";
import type { OpDefinition } from "./definition.js";
import { depthToSpace } from "./depth-to-space.js";
import { dequantizeLinear, dequantizeLinearMicrosoft } from "./dequantize-linear.js";
import { dropout } from "./dropout.js";
import { dynamicQuantizeLinear } from "./dynamic-quantize-linear.js";
import { einsum } from "./einsum.js";
import { elementwiseUnary } from "./elementwise-unary.js";
import { expand } from "./expand.js";
import { eyeLike } from "./eye-like.js";
import { flatten } from "./flatten.js";
import { gather } from "./gather.js";
import { gatherElements } from "./gather-elements.js";
import { gatherND } from "./gather-nd.js";
import { gemm } from "./gemm.js";
import { globalAveragePool, globalLpPool, globalMaxPool } from "./global-pool.js";
import { gridSample } from "./grid-sample.js";
import { groupNormalization } from "./group-normalization.js";
import { gru } from "./gru.js";
import { ifOp } from "./if.js";
import { imageScaler } from "./image-scaler.js";
import { instanceNormalization } from "./instance-normalization.js";
import { layerNormalization, rmsNormalization, simplifiedLayerNormalization } from "./layer-normalization.js";
import { loop } from "./loop.js";
import { lpNormalization } from "./lp-normalization.js";
import { lrn } from "./lrn.js";
import { lstm } from "./lstm.js";
import { matMul } from "./mat-mul.js";
import { matMulNBits } from "./mat-mul-n-bits.js";
import { maxUnpool } from "./max-unpool.js";
import { meanVarianceNormalization } from "./mean-variance-normalization.js";
import { nonMaxSuppression } from "./non-max-suppression.js";
import { nonZero } from "./non-zero.js";
import { oneHot } from "./one-hot.js";
import { pRelu } from "./p-relu.js";
import { pad } from "./pad.js";
import { averagePool, lpPool, maxPool } from "./pool.js";
import { convInteger, qLinearConv } from "./q-linear-conv.js";
import { matMulInteger, qLinearMatMul } from "./q-linear-mat-mul.js";
import { quantizeLinear, quantizeLinearMicrosoft } from "./quantize-linear.js";
import {
  bernoulli,
  multinomial,
  randomNormal,
  randomNormalLike,
  randomUniform,
  randomUniformLike,
} from "./random.js";
import { range } from "./range.js";
import { reductions } from "./reduce.js";
import { reshape } from "./reshape.js";
import { resize, upsample } from "./resize.js";
import { reverseSequence } from "./reverse-sequence.js";
import { rnn } from "./rnn.js";
import { roiAlign } from "./roi-align.js";
import { scan } from "./scan.js";
import { scatter, scatterElements } from "./scatter-elements.js";
import { scatterND } from "./scatter-nd.js";
import { shape } from "./shape.js";
import { size } from "./size.js";
import { slice } from "./slice.js";
import { hardmax, logSoftmax, softmax } from "./softmax.js";
import { spaceToDepth } from "./space-to-depth.js";
import { split } from "./split.js";
import { squeeze } from "./squeeze.js";
import { tile } from "./tile.js";
import { topK } from "./top-k.js";
import { transpose } from "./transpose.js";
import { trilu } from "./trilu.js";
import { unsqueeze } from "./unsqueeze.js";

export const OP_DEFINITIONS: readonly OpDefinition[] = [
  // Element by element
  ...elementwiseUnary,
  bitCast,
  cast,
  castLike,
  clip,
  dropout,
  pRelu,
  ...broadcasting,
  // Contractions
  conv,
  convTranspose,
  einsum,
  gemm,
  matMul,
  gru,
  lstm,
  rnn,
  // Normalisation
  batchNormalization,
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  lpNormalization,
  lrn,
  meanVarianceNormalization,
  rmsNormalization,
  simplifiedLayerNormalization,
  hardmax,
  logSoftmax,
  softmax,
  // Pooling and reduction
  averagePool,
  lpPool,
  maxPool,
  maxUnpool,
  globalAveragePool,
  globalLpPool,
  globalMaxPool,
  ...reductions,
  argMax,
  argMin,
  cumProd,
  cumSum,
  topK,
  // Moving elements
  compress,
  concat,
  crop,
  depthToSpace,
  expand,
  flatten,
  gather,
  gatherElements,
  gatherND,
  gridSample,
  imageScaler,
  pad,
  reshape,
  resize,
  reverseSequence,
  roiAlign,
  scatter,
  scatterElements,
  scatterND,
  slice,
  spaceToDepth,
  split,
  squeeze,
  tile,
  transpose,
  trilu,
  unsqueeze,
  upsample,
  // Constants and shapes
  constant,
  constantOfShape,
  eyeLike,
  nonMaxSuppression,
  nonZero,
  oneHot,
  range,
  shape,
  size,
  bernoulli,
  multinomial,
  randomNormal,
  randomNormalLike,
  randomUniform,
  randomUniformLike,
  // Quantisation
  convInteger,
  matMulInteger,
  matMulNBits,
  qLinearConv,
  qLinearMatMul,
  dequantizeLinear,
  dequantizeLinearMicrosoft,
  dynamicQuantizeLinear,
  quantizeLinear,
  quantizeLinearMicrosoft,
  // Control flow
  ifOp,
  loop,
  scan,
];
