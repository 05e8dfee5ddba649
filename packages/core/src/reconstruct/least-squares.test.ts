import { isEspalierError } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GramSums } from "../calibration/gram.js";
import type { ResidualSums } from "../calibration/residual.js";
import { seededRandom } from "../random/random.js";
import { correctBias, solveLeastSquares } from "./least-squares.js";

interface Data {
  readonly x: readonly (readonly number[])[];
  readonly t: readonly (readonly number[])[];
}

/** One block of rows, summed by plain loops. */
function sumsOf({ x, t }: Data): GramSums {
  const [n, m] = [x[0]?.length ?? 0, t[0]?.length ?? 0];
  const outer = (
    a: readonly (readonly number[])[],
    b: readonly (readonly number[])[],
    p: number,
    q: number,
  ) =>
    Float64Array.from({ length: p * q }, (_, i) =>
      a.reduce((sum, row, r) => sum + (row[Math.floor(i / q)] as number) * (b[r]?.[i % q] as number), 0),
    );
  const total = (a: readonly (readonly number[])[], p: number, power: number) =>
    Float64Array.from({ length: p }, (_, i) => a.reduce((sum, row) => sum + (row[i] as number) ** power, 0));
  return {
    blocks: 1,
    columns: n,
    outputs: m,
    rows: x.length,
    xx: outer(x, x, n, n),
    x: total(x, n, 1),
    xt: outer(x, t, n, m),
    t: total(t, m, 1),
    tt: total(t, m, 2),
  };
}

/** What x·W + bias misses t by, summed by plain loops. */
function residualsOf({ x, t }: Data, matrix: Float64Array, bias: Float64Array): ResidualSums {
  const m = bias.length;
  const sums = [0, 1, 2, 3].map(() => new Float64Array(m));
  for (const [i, row] of x.entries())
    for (let j = 0; j < m; j++) {
      const wanted = t[i]?.[j] as number;
      const made = row.reduce((dot, v, k) => dot + v * (matrix[k * m + j] as number), bias[j] as number);
      for (const [k, term] of [wanted - made, (wanted - made) ** 2, wanted, wanted ** 2].entries())
        (sums[k] as Float64Array)[j] = ((sums[k] as Float64Array)[j] as number) + term;
    }
  const [r, rr, tSum, tt] = sums as [Float64Array, Float64Array, Float64Array, Float64Array];
  return { rows: x.length, r, rr, t: tSum, tt };
}

function randomData(seed: number, rows: number, n: number, m: number): Data {
  const random = seededRandom(seed, "least squares");
  const normal = (count: number) => Array.from({ length: count }, () => 1 + random.normal());
  return {
    x: Array.from({ length: rows }, () => normal(n)),
    t: Array.from({ length: rows }, () => normal(m)),
  };
}

/** Σ ‖t − x·W − b‖² row by row. */
function errorByHand({ x, t }: Data, matrix: Float64Array, bias: Float64Array): number {
  const m = bias.length;
  return x.reduce(
    (sum, row, r) =>
      sum +
      bias.reduce((part, b, j) => {
        const y = row.reduce((dot, value, i) => dot + value * (matrix[i * m + j] as number), b);
        return part + ((t[r]?.[j] as number) - y) ** 2;
      }, 0),
    0,
  );
}

const zero = (n: number, m: number) => ({ matrix: new Float64Array(n * m), bias: new Float64Array(m) });

describe("solveLeastSquares", () => {
  it("fits a line", () => {
    // t = 3x − 2 exactly
    const sums = sumsOf({ x: [[0], [1], [2], [5]], t: [[-2], [1], [4], [13]] });
    const { matrix, bias, after } = solveLeastSquares(sums, zero(1, 1), 1e-14);
    expect(matrix[0]).toBeCloseTo(3, 9);
    expect(bias[0]).toBeCloseTo(-2, 9);
    expect(after).toBeLessThan(1e-9);
  });

  it("has a residual that is orthogonal to every column and to the constant, as the closed form demands", () => {
    const data = randomData(1, 40, 5, 3);
    const { matrix, bias } = solveLeastSquares(sumsOf(data), zero(5, 3), 1e-13);
    for (let j = 0; j < 3; j++) {
      const residual = data.x.map(
        (row, r) =>
          (data.t[r]?.[j] as number) -
          row.reduce((dot, v, i) => dot + v * (matrix[i * 3 + j] as number), bias[j] as number),
      );
      expect(Math.abs(residual.reduce((sum, e) => sum + e, 0))).toBeLessThan(1e-9);
      for (let i = 0; i < 5; i++)
        expect(
          Math.abs(residual.reduce((sum, e, r) => sum + e * (data.x[r]?.[i] as number), 0)),
        ).toBeLessThan(1e-9);
    }
  });

  it("reports errors that the rows themselves give, and never raises them", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 2, max: 12 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seed, rows, ridge) => {
          const data = randomData(seed, rows, 4, 2);
          const random = seededRandom(seed, "old");
          const old = {
            matrix: Float64Array.from({ length: 8 }, () => random.normal()),
            bias: Float64Array.of(1, -1),
          };
          const sums = sumsOf(data);
          const solved = solveLeastSquares(sums, old, ridge);
          const before = errorByHand(data, old.matrix, old.bias);
          expect(solved.before).toBeCloseTo(before, 6);
          const residuals = residualsOf(data, old.matrix, old.bias);
          expect(correctBias(residuals, old).before).toBeCloseTo(before, 6);
          expect(solved.after).toBeCloseTo(errorByHand(data, solved.matrix, solved.bias), 6);
          expect(solved.after).toBeLessThanOrEqual(solved.before + 1e-9 * (1 + solved.before));
        },
      ),
      { numRuns: 100 },
    );
  });

  it("stays at the old weights where the data says nothing", () => {
    const sums = sumsOf({
      x: [
        [1, 7],
        [2, 7],
        [4, 7],
      ],
      t: [[2], [4], [8]],
    });
    const { matrix, bias } = solveLeastSquares(
      sums,
      { matrix: Float64Array.of(0, 5), bias: Float64Array.of(0) },
      1e-9,
    );
    expect(matrix[0]).toBeCloseTo(2, 6);
    expect(matrix[1]).toBe(5);
    expect(bias[0]).toBeCloseTo(-35, 5);
  });

  it("refuses sums that are not finite", () => {
    const sums = sumsOf({ x: [[1], [Number.POSITIVE_INFINITY]], t: [[1], [2]] });
    expect(() => solveLeastSquares(sums, zero(1, 1), 1e-3)).toThrow(
      expect.toSatisfy((error: unknown) => isEspalierError(error, "NONFINITE")),
    );
  });
});

describe("correctBias", () => {
  it("makes the mean error of every output zero", () => {
    const data = randomData(5, 20, 3, 2);
    const matrix = Float64Array.of(1, 2, 3, 4, 5, 6);
    const old = { matrix, bias: Float64Array.of(0.5, -2) };
    const { bias, after } = correctBias(residualsOf(data, matrix, old.bias), old);
    expect(after).toBeCloseTo(errorByHand(data, matrix, bias), 6);
    for (let j = 0; j < 2; j++) {
      const sum = data.x.reduce(
        (total, row, r) =>
          total +
          (data.t[r]?.[j] as number) -
          row.reduce((dot, v, i) => dot + v * (matrix[i * 2 + j] as number), bias[j] as number),
        0,
      );
      expect(Math.abs(sum)).toBeLessThan(1e-9);
    }
  });
});
