import { describe, expect, it } from "vitest";
import type { RunSample } from "./cost-table.js";
import { wholeRun } from "./whole-run.js";

/** Networks from 1 to 32 ms on a machine that is faster by a quarter where all lies in its cache. */
const factor = (sumUs: number): number => (sumUs < 4000 ? 0.8 : 1);
const RUNS = [1000, 2000, 3000, 6000, 12_000, 32_000].map((sumUs): RunSample => {
  return [sumUs, sumUs, 50 + factor(sumUs) * sumUs, 1];
});

describe("the whole run", () => {
  it("is the sum of the kernels and what a run takes besides where no network was run", () => {
    expect(wholeRun({ runs: [], overheadUs: 30 })(1000)).toBe(1030);
  });

  it("takes the factor of the networks of about the same size", () => {
    const whole = wholeRun({ runs: RUNS, overheadUs: 50 });
    expect(whole(1000)).toBeCloseTo(850, 6);
    expect(whole(12_000)).toBeCloseTo(12_050, 6);
  });

  it("takes that of the nearest beyond what was measured", () => {
    const whole = wholeRun({ runs: RUNS, overheadUs: 50 });
    expect(whole(100)).toBeCloseTo(130, 6);
    expect(whole(1_000_000)).toBeCloseTo(1_000_050, 6);
  });

  it("lies between its neighbours' factors in between, and grows", () => {
    const whole = wholeRun({ runs: RUNS, overheadUs: 0 });
    const at = Array.from({ length: 60 }, (_, i) => 900 * 1.06 ** i);
    for (let i = 1; i < at.length; i++)
      expect(whole(at[i] as number)).toBeGreaterThan(whole(at[i - 1] as number));
  });

  it("believes a network that counts for many", () => {
    const runs: RunSample[] = [
      ...Array.from({ length: 10 }, (): RunSample => [1, 100, 100, 1]),
      [2, 100, 80, 90],
    ];
    expect(wholeRun({ runs, overheadUs: 0 })(100)).toBeCloseTo(100 * 0.8 ** 0.9, 6);
  });
});
