// Golden values: a plan made today must be made again on any machine and with any later version.

import { describe, expect, it } from "vitest";
import { seededRandom } from "./random.js";

const GOLDEN = {
  uniform: [0.0443702656775713, 0.016308611957356334, 0.15245195804163814],
  normal: [0.47439606791408373, -0.3655625710529663],
  integer: [1, -4, 7],
  sample: [1, 2, 4, 6],
};

describe("seededRandom", () => {
  it("gives the same numbers for the same seed and stream, for ever", () => {
    const random = seededRandom(1, "golden");
    expect({
      uniform: [random.uniform(), random.uniform(), random.uniform()],
      normal: [random.normal(), random.normal()],
      integer: [random.integer(0, 9), random.integer(-5, 5), random.integer(7, 7)],
      sample: random.sample(10, 4),
    }).toEqual(GOLDEN);
  });

  it("gives independent streams under one seed, and others under another", () => {
    const first = (seed: number, stream?: string) => seededRandom(seed, stream).uniform();
    const names = [undefined, "a", "b", "ab", "ba", "0:x", "1:x"];
    const all = [0, 1, 2, 3, -1].flatMap((seed) => names.map((name) => first(seed, name)));
    expect(new Set(all).size).toBe(all.length);
  });

  it("tells long seeds apart, also those that share their low bits", () => {
    const seeds = [
      1,
      1 + 2 ** 32,
      1 + 2 ** 33,
      1 - 2 ** 32,
      -1,
      2 ** 32 - 1,
      2 ** 31,
      -(2 ** 31),
      2 ** 53 - 1,
    ];
    expect(new Set(seeds.map((seed) => seededRandom(seed).uniform())).size).toBe(seeds.length);
  });

  it.each([2.7, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuses %s as a seed", (seed) => {
    expect(() => seededRandom(seed)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });

  it("begins anywhere, also for small seeds", () => {
    const n = 1000;
    const firsts = Array.from({ length: n }, (_, seed) => seededRandom(seed).uniform());
    const mean = firsts.reduce((a, b) => a + b) / n;
    // Three standard errors of a uniform mean.
    expect(Math.abs(mean - 0.5)).toBeLessThan(3 * Math.sqrt(1 / 12 / n));
  });

  it("draws uniform numbers from [0, 1) and normal ones with mean 0 and deviation 1", () => {
    const random = seededRandom(3);
    const n = 20_000;
    const uniform = Array.from({ length: n }, () => random.uniform());
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    const normal = Array.from({ length: n }, () => random.normal());
    expect(normal.every(Number.isFinite)).toBe(true);
    const mean = normal.reduce((a, b) => a + b) / n;
    const deviation = Math.sqrt(normal.reduce((a, b) => a + (b - mean) ** 2, 0) / n);
    // Three standard errors.
    expect(Math.abs(mean)).toBeLessThan(3 / Math.sqrt(n));
    expect(Math.abs(deviation - 1)).toBeLessThan(3 / Math.sqrt(2 * n));
  });

  it("samples distinct indices in ascending order, all of them when all are asked for", () => {
    const random = seededRandom(4);
    for (let count = 0; count <= 6; count++) {
      const sample = random.sample(6, count);
      expect(sample).toHaveLength(count);
      expect(sample).toEqual([...new Set(sample)].sort((a, b) => a - b));
      expect(sample.every((i) => i >= 0 && i < 6)).toBe(true);
    }
    expect(random.sample(6, 6)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
