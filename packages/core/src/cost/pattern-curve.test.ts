import { describe, expect, it } from "vitest";
import type { PatternSample } from "./cost-table.js";
import { patternCurve } from "./pattern-curve.js";

const stairs = [16, 32, 48, 64];
const samplesOf = (us: (i: number, o: number) => number): PatternSample[] =>
  stairs.flatMap((i) => stairs.map((o): PatternSample => [i, o, us(i, o)]));

describe("patternCurve", () => {
  const bilinear = (i: number, o: number): number => 3 + 0.1 * i + 0.2 * o + 0.01 * i * o;

  it("is exact where costs are start, reading, writing and arithmetic", () => {
    const curve = patternCurve(samplesOf(bilinear), 16);
    for (const i of stairs) for (const o of stairs) expect(curve(i, o)).toBeCloseTo(bilinear(i, o), 6);
    // Also between and beyond what was measured.
    expect(curve(80, 96)).toBeCloseTo(bilinear(80, 96), 5);
  });

  it("is flat on a stair", () => {
    const curve = patternCurve(samplesOf(bilinear), 16);
    expect(curve(33, 50)).toBe(curve(48, 64));
  });

  it("follows what the formula misses near by, and only there", () => {
    // Twice as slow from 48 on: a cache that is too small.
    const cliff = (i: number, o: number): number => bilinear(i, o) * (i >= 48 && o >= 48 ? 2 : 1);
    const curve = patternCurve(samplesOf(cliff), 16);
    expect(curve(64, 64) / cliff(64, 64)).toBeGreaterThan(0.85);
    expect(curve(16, 16) / cliff(16, 16)).toBeLessThan(1.2);
  });

  it("needs one measurement at least to say anything, and repeats a single one", () => {
    expect(patternCurve([[32, 32, 7]], 16)(32, 32)).toBeCloseTo(7, 6);
  });
});
