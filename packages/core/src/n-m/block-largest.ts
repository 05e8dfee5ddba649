// N:M masks by magnitude: the largest weights of every block stay.

import { EspalierError } from "@espalier/ir";
import { type MaskRule, maskedWeights } from "../masks/mask-rule.js";
import { type NmPattern, patternText } from "./pattern.js";
import { forEachBlock, type PatternAxis } from "./pattern-axis.js";

/**
 * In every block the `nonzero` largest |w| of those that the mask still keeps; of equal ones the first stay. A block
 * that keeps no more than that stays as it is, so the rule applied again changes nothing.
 *
 * Source: Mishra et al. 2021, "Accelerating Sparse Deep Neural Networks", §3, arXiv:2104.08378.
 *
 * @throws EspalierError `INVALID_OPTION`, `TENSOR_SIZE`, `PATTERN_UNFIT`, `NONFINITE`
 */
export function largestOfBlocks(
  values: Float32Array,
  mask: Uint8Array,
  where: PatternAxis,
  pattern: NmPattern,
): Uint8Array {
  const next = mask.slice();
  const magnitudes = new Float64Array(pattern.block);
  forEachBlock(values.length, where, pattern, (start, stride) => {
    for (let i = 0; i < pattern.block; i++) {
      const place = start + i * stride;
      magnitudes[i] = mask[place] === 0 ? -1 : Math.abs(values[place] as number);
    }
    if (!magnitudes.every(Number.isFinite)) {
      throw new EspalierError("NONFINITE", "Weights of a block are NaN or infinite", {
        where: `the block from weight ${start} on`,
      });
    }
    for (let i = 0; i < pattern.block; i++)
      if (rankOf(magnitudes, i) >= pattern.nonzero) next[start + i * stride] = 0;
  });
  return next;
}

/**
 * Masks of the pattern for the layers it fits; the others stay as they are.
 *
 * @param axisOf where the pattern lies in a weight, as `patternLayers` finds it; null leaves the weight dense
 */
export function blockLargest(pattern: NmPattern, axisOf: (name: string) => PatternAxis | null): MaskRule {
  return {
    name: `block-largest-${patternText(pattern)}`,
    apply: (weights, masks) =>
      new Map(
        [...masks].map(([name, mask]) => {
          const where = axisOf(name);
          const values = maskedWeights(weights, name, mask);
          return [
            name,
            where === null ? mask.slice() : largestOfBlocks(values, mask, where, pattern),
          ] as const;
        }),
      ),
  };
}

/** How many of a block come before it. */
function rankOf(magnitudes: Float64Array, place: number): number {
  const own = magnitudes[place] as number;
  let rank = 0;
  for (let i = 0; i < magnitudes.length; i++) {
    const other = magnitudes[i] as number;
    if (other > own || (other === own && i < place)) rank++;
  }
  return rank;
}
