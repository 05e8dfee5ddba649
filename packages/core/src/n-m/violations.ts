// Whether weights follow an N:M pattern, counted block by block.

import type { NmPattern } from "./pattern.js";
import { forEachBlock, type PatternAxis } from "./pattern-axis.js";

export interface PatternCount {
  readonly blocks: number;
  /** Blocks with more than `nonzero` weights that are not zero. */
  readonly violations: number;
}

/**
 * Counts exactly: −0 is zero, NaN is not. A mask is counted as well as weights.
 *
 * @throws EspalierError `INVALID_OPTION`, `TENSOR_SIZE`, `PATTERN_UNFIT`
 */
export function countViolations(
  values: Float32Array | Uint8Array,
  where: PatternAxis,
  pattern: NmPattern,
): PatternCount {
  let [blocks, violations] = [0, 0];
  forEachBlock(values.length, where, pattern, (start, stride) => {
    let nonzero = 0;
    for (let i = 0; i < pattern.block; i++) if (values[start + i * stride] !== 0) nonzero++;
    blocks++;
    if (nonzero > pattern.nonzero) violations++;
  });
  return { blocks, violations };
}
