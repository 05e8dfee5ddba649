import { describe, expect, it } from "vitest";
import { iterative, oneShot, type Schedule } from "./schedule.js";

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
