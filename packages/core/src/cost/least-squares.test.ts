import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nonNegativeLeastSquares } from "./least-squares.js";

describe("nonNegativeLeastSquares", () => {
  it("finds the coefficients of exact data", () => {
    const rows = [
      [1, 0, 0],
      [1, 2, 4],
      [1, 3, 9],
      [1, 5, 25],
    ];
    const x = nonNegativeLeastSquares(rows, [7, 15, 22, 42]);
    expect(x.map((value) => Number(value.toFixed(9)))).toEqual([7, 2, 1]);
  });

  it("keeps out what would be negative: y = 4 − x is best met by a constant", () => {
    const x = nonNegativeLeastSquares(
      [
        [1, 0],
        [1, 1],
        [1, 2],
      ],
      [4, 3, 2],
    );
    expect(x[0]).toBeCloseTo(3, 12);
    expect(x[1]).toBe(0);
  });

  it("is zero where nothing positive helps", () => {
    expect(nonNegativeLeastSquares([[1], [2]], [-1, -2])).toEqual([0]);
  });

  it("takes weights: an observation without any does not count", () => {
    const x = nonNegativeLeastSquares([[1], [1]], [2, 100], [1, 0]);
    expect(x[0]).toBeCloseTo(2, 12);
  });

  it("meets the conditions of Karush, Kuhn and Tucker", () => {
    const entry = fc.double({ min: -3, max: 3, noNaN: true });
    const problem = fc.integer({ min: 1, max: 4 }).chain((n) =>
      fc.array(fc.tuple(fc.array(entry, { minLength: n, maxLength: n }), entry), {
        minLength: n + 1,
        maxLength: 9,
      }),
    );
    fc.assert(
      fc.property(problem, (observations) => {
        const rows = observations.map(([row]) => row);
        const targets = observations.map(([, target]) => target);
        const x = nonNegativeLeastSquares(rows, targets);
        const residual = rows.map((row, i) => row.reduce((sum, a, k) => sum + a * x[k]!, 0) - targets[i]!);
        for (const [k, value] of x.entries()) {
          const gradient = rows.reduce((sum, row, i) => sum + row[k]! * residual[i]!, 0);
          const size = Math.hypot(...rows.map((row) => row[k]!)) * Math.hypot(...targets) + 1e-9;
          expect(value).toBeGreaterThanOrEqual(0);
          // Nothing is gained by more of it, nor, where there is some, by less.
          expect(gradient).toBeGreaterThan(-1e-5 * size);
          if (value > 1e-4) expect(Math.abs(gradient)).toBeLessThan(1e-4 * size);
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
