import { describe, expect, it } from "vitest";
import { seededRandom } from "../random/random.js";
import { factorise, invert, solveFactored } from "./cholesky.js";

describe("factorise", () => {
  it("gives the textbook factor", () => {
    // [[4, 12, −16], [12, 37, −43], [−16, −43, 98]] = L·Lᵀ with L = [[2], [6, 1], [−8, 5, 3]]
    const a = Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98);
    expect(factorise(a, 3)).toBe(true);
    expect([a[0], a[3], a[4], a[6], a[7], a[8]]).toEqual([2, 6, 1, -8, 5, 3]);
  });

  it("refuses what is not positive definite", () => {
    expect(factorise(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
    expect(factorise(Float64Array.of(1, 1, 1, 1), 2)).toBe(false);
    expect(factorise(Float64Array.of(Number.NaN), 1)).toBe(false);
  });
});

describe("solveFactored and invert", () => {
  it("solve what Gauss–Jordan elimination solves", () => {
    const [n, m] = [7, 3];
    const random = seededRandom(3);
    const root = Array.from({ length: n }, () => Array.from({ length: n }, () => random.normal()));
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        a[i * n + j] = root.reduce(
          (sum, row) => sum + (row[i] as number) * (row[j] as number),
          i === j ? 0.1 : 0,
        );
    const b = Float64Array.from({ length: n * m }, () => random.normal());
    const expected = gaussJordan(a, b, n, m);
    const inverse = invert(Float64Array.from(a), n) as Float64Array;
    const l = Float64Array.from(a);
    factorise(l, n);
    const x = Float64Array.from(b);
    solveFactored(l, n, x, m);
    for (let i = 0; i < n * m; i++) expect(x[i]).toBeCloseTo(expected[i] as number, 9);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += (a[i * n + k] as number) * (inverse[k * n + j] as number);
        expect(sum).toBeCloseTo(i === j ? 1 : 0, 9);
      }
  });
});

/** With partial pivoting, on rows of plain arrays: shares nothing with the code under test. */
function gaussJordan(a: Float64Array, b: Float64Array, n: number, m: number): number[] {
  const rows = Array.from({ length: n }, (_, i) => [
    ...a.slice(i * n, (i + 1) * n),
    ...b.slice(i * m, (i + 1) * m),
  ]);
  for (let c = 0; c < n; c++) {
    const pivot = rows
      .slice(c)
      .reduce(
        (best, row, i) => (Math.abs(row[c] as number) > Math.abs(rows[best]?.[c] as number) ? c + i : best),
        c,
      );
    [rows[c], rows[pivot]] = [rows[pivot] as number[], rows[c] as number[]];
    const top = rows[c] as number[];
    const head = top[c] as number;
    for (let j = 0; j < n + m; j++) top[j] = (top[j] as number) / head;
    for (const row of rows) {
      if (row === top) continue;
      const factor = row[c] as number;
      for (let j = 0; j < n + m; j++) row[j] = (row[j] as number) - factor * (top[j] as number);
    }
  }
  return rows.flatMap((row) => row.slice(n));
}
