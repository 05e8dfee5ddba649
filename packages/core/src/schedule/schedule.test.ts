import { describe, expect, it } from "vitest";
import { geometric, iterative, oneShot, type Schedule } from "./schedule.js";

/** All ratios of a schedule, in order. */
function ratios(schedule: Schedule, ratio: number): number[] {
  const out: number[] = [];
  for (let next = schedule.next(0, ratio); next !== null; next = schedule.next(out.length, ratio))
    out.push(next);
  return out;
}

describe("one-shot", () => {
  it("removes everything in one round", () => {
    expect(ratios(oneShot(), 0.3)).toEqual([0.3]);
  });
});

describe("iterative", () => {
  it("removes in equal steps and ends at exactly the ratio", () => {
    expect(ratios(iterative(4), 0.5)).toEqual([0.125, 0.25, 0.375, 0.5]);
    expect(ratios(iterative(1), 0.7)).toEqual([0.7]);
    for (const rounds of [2, 3, 7, 10]) expect(ratios(iterative(rounds), 0.3).at(-1)).toBe(0.3);
  });

  it("never goes back", () => {
    const steps = ratios(iterative(13), 0.9);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });

  it("is named after its rounds and refuses none", () => {
    expect(iterative(3).name).toBe("iterative-3");
    for (const rounds of [0, -1, 1.5, Number.NaN])
      expect(() => iterative(rounds)).toThrow("at least one round");
  });
});

describe("geometric", () => {
  it("leaves the levels of the lottery ticket paper: 80, 64, 51.2, 41.0, 32.8, 26.2, 21.0 %", () => {
    const left = ratios(geometric(0.2), 0.79).map((removed) => (100 * (1 - removed)).toFixed(1));
    expect(left).toEqual(["80.0", "64.0", "51.2", "41.0", "32.8", "26.2", "21.0"]);
  });

  it("ends at exactly the ratio, and removes a fraction", () => {
    expect(ratios(geometric(0.5), 0.6)).toEqual([0.5, 0.6]);
    expect(ratios(geometric(0.5), 0)).toEqual([]);
    for (const rate of [0, 1, -1, Number.NaN]) expect(() => geometric(rate)).toThrow("a fraction");
  });
});
