import { describe, expect, it } from "vitest";
import { chooseRuns, planBlocks } from "./blocks.js";

describe("the number of runs", () => {
  it.each([
    [0.01, 500], // never more
    [10, 200], // two seconds
    [100, 30], // never fewer
    [1000, 30],
    [3000, 10], // beyond a second
    [60_000, 5],
  ])("for a run of %d ms is %d", (runMs, runs) => {
    expect(chooseRuns(runMs)).toBe(runs);
  });
});

describe("blocks", () => {
  it.each([1, 2, 3, 5, 7, 30, 31, 500])("of %d runs add up to it", (runs) => {
    const blocks = planBlocks(runs);
    expect(blocks.reduce((sum, size) => sum + size, 0)).toBe(runs);
    expect(Math.min(...blocks)).toBeGreaterThan(0);
    if (runs > 1) expect(blocks.length % 2).toBe(0);
  });
});
