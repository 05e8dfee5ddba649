import { describe, expect, it } from "vitest";
import { cubic } from "./cubic.js";

describe("cubic", () => {
  it("is the paper's polynomial at every step: 0, 0.3512, 0.5875, 0.7362, … of 0.9 after 0, 15, 30, 45 % of the way", () => {
    const schedule = cubic({ final: 0.9, begin: 100, end: 300 });
    // 0.9·(1 − (1 − t)³), by hand.
    expect([100, 130, 160, 190, 200, 250, 300].map(schedule.sparsity).map((s) => s.toFixed(4))).toEqual([
      "0.0000",
      (0.9 * (1 - 0.614125)).toFixed(4),
      (0.9 * (1 - 0.343)).toFixed(4),
      (0.9 * (1 - 0.166375)).toFixed(4),
      (0.9 * 0.875).toFixed(4),
      (0.9 * (1 - 1 / 64)).toFixed(4),
      "0.9000",
    ]);
  });

  it("begins at the initial sparsity, never falls, and stays at the final one", () => {
    const { sparsity } = cubic({ initial: 0.5, final: 0.8, begin: 10, end: 50, every: 7 });
    expect([0, 10, 50, 1000].map(sparsity)).toEqual([0.5, 0.5, 0.8, 0.8]);
    const all = Array.from({ length: 60 }, (_, step) => sparsity(step));
    expect(all).toEqual([...all].sort((a, b) => a - b));
  });

  it("changes masks every so many steps and at the end", () => {
    const { changes } = cubic({ final: 0.8, begin: 10, end: 30, every: 7 });
    expect(Array.from({ length: 50 }, (_, i) => i).filter(changes)).toEqual([10, 17, 24, 30]);
  });

  it("refuses what makes no sense", () => {
    for (const wrong of [
      { final: 1 },
      { final: 0.2, initial: 0.5 },
      { end: 0 },
      { every: 0 },
      { begin: 0.5 },
    ])
      expect(() => cubic({ final: 0.5, end: 10, ...wrong })).toThrow(/INVALID_OPTION/);
  });
});
