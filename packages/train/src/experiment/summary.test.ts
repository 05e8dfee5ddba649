import { describe, expect, it } from "vitest";
import { studentT } from "./student-t.js";
import { summarise } from "./summary.js";

describe("Student's t", () => {
  it("is what tables say: two-sided 95 % and 99 %", () => {
    // Abramowitz and Stegun, table 26.10.
    for (const [degrees, t95, t99] of [
      [1, 12.706, 63.657],
      [2, 4.303, 9.925],
      [3, 3.182, 5.841],
      [4, 2.776, 4.604],
      [5, 2.571, 4.032],
      [9, 2.262, 3.25],
      [10, 2.228, 3.169],
      [29, 2.045, 2.756],
      [30, 2.042, 2.75],
      [120, 1.98, 2.617],
    ] as const) {
      expect(Math.abs(studentT(0.95, degrees) - t95)).toBeLessThan(0.0006);
      expect(Math.abs(studentT(0.99, degrees) - t99)).toBeLessThan(0.0006);
    }
  });
});

describe("a summary", () => {
  it("of 1, 2, 3, 4, 5: mean 3, interval 3 ± 2.776·√(2.5/5)", () => {
    const { interval, ...rest } = summarise([3, 1, 5, 2, 4]);
    expect(rest).toEqual({ runs: 5, mean: 3, min: 1, max: 5 });
    expect(interval?.[0]).toBeCloseTo(3 - 2.7764451 * Math.SQRT1_2, 6);
    expect(interval?.[1]).toBeCloseTo(3 + 2.7764451 * Math.SQRT1_2, 6);
  });

  it("of one run has no interval, of none is nothing", () => {
    expect(summarise([0.5])).toEqual({ runs: 1, mean: 0.5, min: 0.5, max: 0.5, interval: null });
    expect(() => summarise([])).toThrow("nothing");
  });
});
