import { describe, expect, it } from "vitest";
import { interquartileMean, median, quantile } from "./quantile.js";

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

  it("leaves a mean of the middle half, without the outliers and between the ticks", () => {
    expect(interquartileMean([1, 2, 3, 4, 1000])).toBe(3);
    expect(interquartileMean([20, 20, 20, 25, 25])).toBe(22);
    expect(interquartileMean([7])).toBe(7);
  });

  it("of nothing is not a number", () => {
    expect(median([])).toBeNaN();
    expect(interquartileMean([])).toBeNaN();
  });
});
