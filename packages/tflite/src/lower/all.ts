// Every lowering that ships. Adding one: docs/adding-an-op.md.

import { activations } from "./activations.js";
import { argReduceLowerings } from "./arg-reduce.js";
import { batchNormalizationLowering } from "./batch-normalization.js";
import { broadcastLowerings } from "./broadcast.js";
import { castLowerings } from "./cast.js";
import { clipLowering } from "./clip.js";
import { concatLowering } from "./concat.js";
import { constantLowering } from "./constant.js";
import { constantOfShapeLowering } from "./constant-of-shape.js";
import { convLowering } from "./conv.js";
import { convTransposeLowering } from "./conv-transpose.js";
import { cumSumLowering } from "./cum-sum.js";
import { depthToSpaceLowering, spaceToDepthLowering } from "./depth-and-space.js";
import { dropoutLowering } from "./dropout.js";
import { erfLowering } from "./erf.js";
import { expandLowering } from "./expand.js";
import { gatherLowering } from "./gather.js";
import { gemmLowering } from "./gemm.js";
import { globalPoolLowerings } from "./global-pool.js";
import { groupNormalizationLowering } from "./group-normalization.js";
import { imageScalerLowering } from "./image-scaler.js";
import { instanceNormalizationLowering } from "./instance-normalization.js";
import { layerNormalizationLowerings } from "./layer-normalization.js";
import { createLoweringRegistry, type Lowering, type LoweringRegistry } from "./lowering.js";
import { matMulLowering } from "./mat-mul.js";
import { lpNormalizationLowering, lrnLowering } from "./neighbour-normalizations.js";
import { pReluLowering } from "./p-relu.js";
import { padLowering } from "./pad.js";
import { poolLowerings } from "./pool.js";
import { reduceLowerings } from "./reduce.js";
import { reshapeLowerings } from "./reshape.js";
import { resizeLowerings } from "./resize.js";
import { cropLowering, sliceLowering } from "./slice.js";
import { softmaxLowerings } from "./softmax.js";
import { splitLowering } from "./split.js";
import { tileLowering } from "./tile.js";
import { topKLowering } from "./top-k.js";
import { transposeLowering } from "./transpose.js";

export const TFLITE_LOWERINGS: readonly Lowering[] = [
  ...activations,
  ...broadcastLowerings,
  ...[clipLowering, pReluLowering, ...castLowerings, dropoutLowering, constantLowering],
  ...[convLowering, convTransposeLowering, gemmLowering, matMulLowering],
  ...[batchNormalizationLowering, instanceNormalizationLowering, ...layerNormalizationLowerings],
  ...[
    ...poolLowerings,
    ...globalPoolLowerings,
    ...reduceLowerings,
    ...argReduceLowerings,
    ...softmaxLowerings,
  ],
  ...[
    ...reshapeLowerings,
    transposeLowering,
    concatLowering,
    splitLowering,
    sliceLowering,
    cropLowering,
    padLowering,
  ],
  ...[
    expandLowering,
    tileLowering,
    gatherLowering,
    ...resizeLowerings,
    depthToSpaceLowering,
    spaceToDepthLowering,
  ],
  ...[imageScalerLowering, constantOfShapeLowering, cumSumLowering, topKLowering, erfLowering],
  ...[groupNormalizationLowering, lpNormalizationLowering, lrnLowering],
] as readonly Lowering[];

/** The lowerings that ship, and `more` beside them. */
export function defaultLowerings(more: readonly Lowering[] = []): LoweringRegistry {
  return createLoweringRegistry([...TFLITE_LOWERINGS, ...more]);
}
