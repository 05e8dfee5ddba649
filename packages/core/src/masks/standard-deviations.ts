// Thresholds in standard deviations of a layer.

import { type MaskRule, maskedWeights } from "./mask-rule.js";

/**
 * Keeps |w| > t with t = s·σ, σ the standard deviation of the weights the layer still has (divisor n). The quality
 * parameter s is chosen layer by layer from sensitivity curves. Of Gaussian weights the fraction 2·(1 − Φ(s)) stays.
 *
 * Source: Han et al. 2015, "Learning both Weights and Connections", §3 and §4, arXiv:1506.02626.
 */
export function standardDeviations(quality: (name: string) => number): MaskRule {
  return {
    name: "standard-deviations",
    apply: (weights, masks) =>
      new Map(
        [...masks].map(([name, mask]) => {
          const values = maskedWeights(weights, name, mask);
          const threshold = quality(name) * deviation(values, mask);
          return [
            name,
            mask.map((keep, i) => (keep !== 0 && Math.abs(values[i] as number) > threshold ? 1 : 0)),
          ] as const;
        }),
      ),
  };
}

function deviation(values: Float32Array, mask: Uint8Array): number {
  let [count, sum] = [0, 0];
  for (const [i, keep] of mask.entries())
    if (keep !== 0) {
      count++;
      sum += values[i] as number;
    }
  const mean = sum / count;
  let squares = 0;
  for (const [i, keep] of mask.entries()) if (keep !== 0) squares += ((values[i] as number) - mean) ** 2;
  return Math.sqrt(squares / count);
}
