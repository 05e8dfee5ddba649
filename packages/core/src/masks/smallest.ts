// Magnitude masks: the smallest weights go, layer by layer or all layers together.

import { type MaskRule, type Masks, maskedWeights } from "./mask-rule.js";

/**
 * A mask without the `count` smallest of the entries it keeps, by |w|; of equal ones the first go.
 *
 * The cutoff is exact: `count` entries go, no more (the code of the lottery ticket paper removes one more, with "≤").
 */
export function smallestOf(values: Float32Array, mask: Uint8Array, count: number): Uint8Array {
  const next = mask.slice();
  for (const place of ascending([{ values, mask }]).subarray(0, count)) next[place] = 0;
  return next;
}

/**
 * In each layer a fraction of what it still has: rate(name), 0.2 in the lottery ticket paper's fully connected layers, half
 * of it in the output layer. round(rate · kept) entries go.
 *
 * Source: Frankle and Carbin 2019, arXiv:1803.03635, §2 and appendix G; Han et al. 2015, arXiv:1506.02626, §3.
 */
export function layerSmallest(rate: (name: string) => number): MaskRule {
  return {
    name: "layer-smallest",
    apply: (weights, masks) =>
      new Map(
        [...masks].map(([name, mask]) => {
          const kept = mask.reduce((sum, keep) => sum + keep, 0);
          const count = Math.round(rate(name) * kept);
          return [name, smallestOf(maskedWeights(weights, name, mask), mask, count)] as const;
        }),
      ),
  };
}

/**
 * A fraction of what is left in all layers together, whichever layer it lies in; round(rate · kept) entries go.
 *
 * Source: Frankle and Carbin 2019, §4 (deep networks), arXiv:1803.03635.
 */
export function globalSmallest(rate: number): MaskRule {
  return {
    name: `global-smallest-${rate}`,
    apply: (weights, masks) => {
      const layers = [...masks].map(([name, mask]) => ({ values: maskedWeights(weights, name, mask), mask }));
      const order = ascending(layers);
      const next: Masks = new Map([...masks].map(([name, mask]) => [name, mask.slice()]));
      const targets = [...next.values()];
      const ends = cumulated(layers.map(({ mask }) => mask.length));
      for (const place of order.subarray(0, Math.round(rate * order.length))) {
        const layer = ends.findIndex((end) => place < end);
        (targets[layer] as Uint8Array)[place - (ends[layer - 1] ?? 0)] = 0;
      }
      return next;
    },
  };
}

/** Places of the kept entries of all layers, numbered through, the smallest |w| first. */
function ascending(
  layers: readonly { readonly values: Float32Array; readonly mask: Uint8Array }[],
): Uint32Array {
  const kept = layers.reduce((sum, { mask }) => mask.reduce((count, keep) => count + keep, sum), 0);
  const places = new Uint32Array(kept);
  const magnitudes = new Float32Array(layers.reduce((sum, { mask }) => sum + mask.length, 0));
  let [next, start] = [0, 0];
  for (const { values, mask } of layers) {
    for (let i = 0; i < mask.length; i++) {
      magnitudes[start + i] = Math.abs(values[i] as number);
      if (mask[i] !== 0) places[next++] = start + i;
    }
    start += mask.length;
  }
  return places.sort((a, b) => (magnitudes[a] as number) - (magnitudes[b] as number) || a - b);
}

function cumulated(lengths: readonly number[]): number[] {
  let sum = 0;
  return lengths.map((length) => {
    sum += length;
    return sum;
  });
}
