// Every gradient rule that ships. Adding one: docs/adding-an-op.md.

import { activations } from "./activations.js";
import { add, div, mul, sub, sum } from "./arithmetic-gradients.js";
import { batchNormalization } from "./batch-normalization.js";
import { conv } from "./conv.js";
import { gemm } from "./gemm.js";
import { createGradientRegistry, type GradientRegistry, type GradientRule } from "./gradient-rule.js";
import { matMul } from "./mat-mul.js";
import { globalAveragePool, maxPool } from "./pooling.js";
import { reduceMean, reduceSum } from "./reductions.js";
import { concat, flatten, pad, reshape, slice, split, squeeze, transpose, unsqueeze } from "./shaping.js";
import { logSoftmax, softmax } from "./softmax.js";

export const GRADIENT_RULES: readonly GradientRule[] = [
  ...[add, sub, mul, div, sum],
  ...activations,
  ...[conv, gemm, matMul],
  batchNormalization,
  ...[maxPool, globalAveragePool],
  ...[reduceSum, reduceMean],
  ...[reshape, flatten, squeeze, unsqueeze, transpose, concat, split, slice, pad],
  ...[softmax, logSoftmax],
] as readonly GradientRule[];

/** The rules that ship, and `more` beside them. */
export function defaultGradients(more: readonly GradientRule[] = []): GradientRegistry {
  return createGradientRegistry([...GRADIENT_RULES, ...more]);
}
