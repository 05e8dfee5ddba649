import { isEspalierError } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asymmetricInt8, dequantise, quantiseInt8, type ValueRange } from "./affine.js";
import { clipRange, squareError } from "./clip-range.js";
import { Histogram } from "./histogram.js";

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram({ min: Math.min(...values), max: Math.max(...values) });
  histogram.add(values);
  return histogram;
}

/** What int8 with this range really costs. */
function trueError(values: readonly number[], range: ValueRange): number {
  const parameters = asymmetricInt8(range);
  const back = dequantise(quantiseInt8(values, parameters), parameters);
  return values.reduce((sum, value, i) => sum + (value - (back[i] as number)) ** 2, 0);
}

/** Many small values and one that lies far out. */
const longTail = Array.from({ length: 100_000 }, (_, i) => (i === 0 ? 40 : Math.sin(i) * Math.cos(3 * i)));

describe("a histogram", () => {
  it("tells quantiles to a bin", () => {
    const histogram = histogramOf(Array.from({ length: 10_001 }, (_, i) => i / 10_000));
    for (const p of [0.001, 0.25, 0.5, 0.999]) {
      expect(Math.abs(histogram.quantile(p) - p)).toBeLessThanOrEqual(histogram.binWidth);
    }
  });

  it("counts every value, also where all are one", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1 }), (values) => {
        const histogram = histogramOf(values);
        expect(histogram.counts.reduce((a, b) => a + b, 0)).toBe(values.length);
        expect(histogram.total).toBe(values.length);
      }),
    );
  });
});

describe("the range to quantise to", () => {
  it("is all that was observed", () => {
    const range = clipRange(histogramOf([-1, 2, 7]), { kind: "min-max" });
    expect(range).toEqual({ min: -1, max: 7 });
  });

  it("leaves the rarest out on both sides", () => {
    const values = Array.from({ length: 1001 }, (_, i) => i - 500);
    const { min, max } = clipRange(histogramOf(values), { kind: "percentile", coverage: 0.99 });
    expect(Math.abs(min + 490)).toBeLessThanOrEqual(1.5);
    expect(Math.abs(max - 490)).toBeLessThanOrEqual(1.5);
    expect(clipRange(histogramOf(values), { kind: "percentile", coverage: 1 })).toEqual({
      min: -500,
      max: 500,
    });
  });

  it("may be the one with the least square error, which is then really less", () => {
    const histogram = histogramOf(longTail);
    const whole = clipRange(histogram, { kind: "min-max" });
    const best = clipRange(histogram, { kind: "mse" });
    expect(best.max).toBeLessThan(40);
    expect(squareError(histogram, best)).toBeLessThan(squareError(histogram, whole));
    expect(trueError(longTail, best)).toBeLessThan(trueError(longTail, whole));
  });

  it("of least error is never worse than all, and holds 0", () => {
    const values = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, (list) => {
        const histogram = histogramOf(list);
        const best = clipRange(histogram, { kind: "mse" });
        const { min, max } = histogram.range;
        const whole = { min: Math.min(min, 0), max: Math.max(max, 0) };
        expect(squareError(histogram, best)).toBeLessThanOrEqual(squareError(histogram, whole));
        expect(best.min).toBeLessThanOrEqual(0);
        expect(best.max).toBeGreaterThanOrEqual(0);
        expect(best.min).toBeGreaterThanOrEqual(whole.min);
        expect(best.max).toBeLessThanOrEqual(whole.max);
      }),
      { numRuns: 30 },
    );
  });

  it.each([0, 0.5, 1.1, Number.NaN])("is refused for a coverage of %d", (coverage) => {
    try {
      clipRange(histogramOf([1]), { kind: "percentile", coverage });
      expect.unreachable();
    } catch (error) {
      expect(isEspalierError(error, "INVALID_OPTION")).toBe(true);
    }
  });
});
