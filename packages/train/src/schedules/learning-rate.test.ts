import { describe, expect, it } from "vitest";
import { constantRate, cosineRate, stepRate, warmUp } from "./learning-rate.js";

describe("learning rates", () => {
  it("stay, fall by a tenth at a half and three quarters, or follow half a cosine", () => {
    expect([0, 50, 99].map((step) => constantRate(0.2)(step, 100))).toEqual([0.2, 0.2, 0.2]);
    expect([0, 49, 50, 74, 75, 99].map((step) => stepRate(1)(step, 100).toFixed(3))).toEqual([
      "1.000",
      "1.000",
      "0.100",
      "0.100",
      "0.010",
      "0.010",
    ]);
    expect(stepRate(1, [0.2], 0.5)(20, 100)).toBe(0.5);
    // 0.1 + 0.9·(1 + cos(πt/T))/2: 1, 0.55 + 0.45/√2, 0.55, 0.1.
    const cosine = cosineRate(1, 0.1);
    for (const [step, expected] of [
      [0, 1],
      [25, 0.55 + 0.45 * Math.SQRT1_2],
      [50, 0.55],
      [75, 0.55 - 0.45 * Math.SQRT1_2],
      [100, 0.1],
    ] as const)
      expect(cosine(step, 100)).toBeCloseTo(expected, 12);
  });

  it("rise over the first steps, and are the other schedule then", () => {
    const rate = warmUp(4, cosineRate(1));
    expect([0, 1, 2, 3].map((step) => rate(step, 100) / cosineRate(1)(step, 100))).toEqual([
      0.25, 0.5, 0.75, 1,
    ]);
    expect(rate(60, 100)).toBe(cosineRate(1)(60, 100));
    expect(warmUp(0, constantRate(1))(0, 10)).toBe(1);
  });
});
