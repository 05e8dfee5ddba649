import { describe, expect, it } from "vitest";
import { median, quantile } from "./quantile.js";

describe("a quantile", () => {
  it("interpolates between order statistics", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([0, 10], 0.1)).toBe(1);
    expect(quantile([5], 0.9)).toBe(5);
  });

  it("leaves its input in order", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it("of nothing is not a number", () => {
    expect(median([])).toBeNaN();
  });
});
