// Every handler, in one explicit list. Users add their own with `createHandlerRegistry`.

import { barrierHandlers } from "./barriers.js";
import { batchNormalization } from "./batch-normalization.js";
import { broadcastHandlers, pRelu } from "./broadcast.js";
import { concat, split } from "./concat.js";
import { conv } from "./conv.js";
import { convTranspose } from "./conv-transpose.js";
import { depthToSpace, spaceToDepth } from "./depth-to-space.js";
import { dropout, elementwiseHandlers } from "./elementwise.js";
import { expand, tile } from "./expand.js";
import { gather } from "./gather.js";
import { gemm } from "./gemm.js";
import { createHandlerRegistry, type HandlerRegistry, type OpHandler } from "./handler.js";
import { matMul } from "./mat-mul.js";
import {
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  lpNormalization,
  lrn,
  rmsNormalization,
  simplifiedLayerNormalization,
} from "./normalization.js";
import { pad } from "./pad.js";
import { crop, globalPoolHandlers, imageScaler, poolHandlers, resizeHandlers } from "./pooling.js";
import { argReduceHandlers, reduceHandlers, topK } from "./reduce.js";
import { reshape } from "./reshape.js";
import { flatten, squeeze, transpose, unsqueeze } from "./shaping.js";
import { slice } from "./slice.js";
import { softmaxHandlers } from "./softmax.js";
import { constant, constantOfShape, range, shape, size } from "./sources.js";

export const OP_HANDLERS: readonly OpHandler[] = [
  // Weights
  conv,
  convTranspose,
  gemm,
  matMul,
  // Normalisation
  batchNormalization,
  instanceNormalization,
  groupNormalization,
  layerNormalization,
  rmsNormalization,
  simplifiedLayerNormalization,
  lrn,
  lpNormalization,
  // Element-wise
  ...elementwiseHandlers,
  dropout,
  ...broadcastHandlers,
  pRelu,
  ...softmaxHandlers,
  // Space
  ...poolHandlers,
  ...globalPoolHandlers,
  ...resizeHandlers,
  crop,
  imageScaler,
  depthToSpace,
  spaceToDepth,
  // Axes
  concat,
  split,
  slice,
  gather,
  pad,
  reshape,
  flatten,
  squeeze,
  unsqueeze,
  transpose,
  expand,
  tile,
  ...reduceHandlers,
  ...argReduceHandlers,
  topK,
  // Without units
  constant,
  constantOfShape,
  shape,
  size,
  range,
  // Known, not sliced yet
  ...barrierHandlers,
];

/** The registry of all handlers that Espalier ships, with `extra` ones beside them. */
export function defaultHandlers(extra: readonly OpHandler[] = []): HandlerRegistry {
  return createHandlerRegistry([...OP_HANDLERS, ...extra]);
}
