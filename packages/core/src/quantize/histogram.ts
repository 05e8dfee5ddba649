// How often an activation takes which values, in bins of one width between its smallest and its largest.

import type { ValueRange } from "./affine.js";

const BINS = 2048;

export class Histogram {
  readonly range: ValueRange;
  readonly counts: Float64Array = new Float64Array(BINS);
  total = 0;

  /** @param range all values lie in it */
  constructor(range: ValueRange) {
    this.range = range;
  }

  get binWidth(): number {
    return (this.range.max - this.range.min) / BINS;
  }

  add(values: ArrayLike<number>): void {
    const { min } = this.range;
    const perBin = this.binWidth > 0 ? 1 / this.binWidth : 0;
    for (let i = 0; i < values.length; i++) {
      const bin = Math.min(BINS - 1, Math.max(0, Math.floor(((values[i] as number) - min) * perBin)));
      this.counts[bin] = (this.counts[bin] as number) + 1;
    }
    this.total += values.length;
  }

  /** The value below which the fraction `p` of all lies; linear inside a bin. */
  quantile(p: number): number {
    const wanted = p * this.total;
    let below = 0;
    for (let bin = 0; bin < BINS; bin++) {
      const count = this.counts[bin] as number;
      if (count > 0 && below + count >= wanted) {
        const inside = Math.min(1, Math.max(0, (wanted - below) / count));
        return this.range.min + (bin + inside) * this.binWidth;
      }
      below += count;
    }
    return this.range.max;
  }
}
