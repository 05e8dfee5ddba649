// Every gradient rule that ships. Adding one: docs/adding-an-op.md.

import { activations } from "./activations.js";
import { add, div, mean, mul, sub, sum } from "./arithmetic-gradients.js";
import { averagePool } from "./average-pool.js";
import { batchNormalization } from "./batch-normalization.js";
import { cast } from "./cast.js";
import { clip } from "./clip.js";
import { conv } from "./conv.js";
import { convTranspose } from "./conv-transpose.js";
import { depthToSpace, spaceToDepth } from "./depth-and-space.js";
import { dropout } from "./dropout.js";
import { elementaryFunctions } from "./elementary-functions.js";
import { gatedActivations } from "./gated-activations.js";
import { gather, gatherElements } from "./gather.js";
import { gemm } from "./gemm.js";
import { createGradientRegistry, type GradientRegistry, type GradientRule } from "./gradient-rule.js";
import { groupNormalization } from "./group-normalization.js";
import { instanceNormalization } from "./instance-normalization.js";
import { layerNormalization, rmsNormalization, simplifiedLayerNormalization } from "./layer-normalization.js";
import { lpNormalization } from "./lp-normalization.js";
import { lrn } from "./lrn.js";
import { matMul } from "./mat-mul.js";
import { pRelu } from "./p-relu.js";
import { pad } from "./pad.js";
import { globalAveragePool, globalMaxPool, maxPool } from "./pooling.js";
import { pow } from "./pow.js";
import { reductions } from "./reductions.js";
import { expand, tile } from "./repeating.js";
import { resize, upsample } from "./resize.js";
import { max, min, where } from "./selection.js";
import { concat, flatten, reshape, slice, split, squeeze, transpose, unsqueeze } from "./shaping.js";
import { logSoftmax, softmax } from "./softmax.js";
import { trilu } from "./trilu.js";

export const GRADIENT_RULES: readonly GradientRule[] = [
  ...elementaryFunctions,
  ...activations,
  ...gatedActivations,
  ...[cast, clip, dropout, pRelu],
  ...[add, sub, mul, div, sum, mean, pow, max, min, where],
  ...[conv, convTranspose, gemm, matMul],
  ...[batchNormalization, groupNormalization, instanceNormalization],
  ...[layerNormalization, rmsNormalization, simplifiedLayerNormalization, lpNormalization, lrn],
  ...[softmax, logSoftmax],
  ...[maxPool, averagePool, globalAveragePool, globalMaxPool],
  ...reductions,
  ...[reshape, flatten, squeeze, unsqueeze, transpose, concat, split, slice, pad],
  ...[expand, tile, gather, gatherElements, resize, upsample, depthToSpace, spaceToDepth, trilu],
] as readonly GradientRule[];

/** The rules that ship, and `more` beside them. */
export function defaultGradients(more: readonly GradientRule[] = []): GradientRegistry {
  return createGradientRegistry([...GRADIENT_RULES, ...more]);
}
