import { seededRandom } from "@espalier/core";
import { describe, expect, it } from "vitest";
import { glorotNormal } from "./glorot-normal.js";
import { heNormal } from "./he-normal.js";
import { fansOf, type Initialiser } from "./initialiser.js";
import { normal } from "./normal.js";
import { caffeXavier, fanInUniform, glorotUniform } from "./uniform.js";

const COUNT = 200_000;
const fans = { in: 50, out: 30 };

function drawn(initialise: Initialiser, seed = 1): Float32Array {
  const values = new Float32Array(COUNT);
  initialise(values, fans, seededRandom(seed, "test"));
  return values;
}

const bytes = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer);
const mean = (values: Float32Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const variance = (values: Float32Array): number =>
  values.reduce((sum, x) => sum + x * x, 0) / values.length - mean(values) ** 2;

describe("initialisers", () => {
  // The variance of n numbers has a relative standard error of √((kurtosis − 1) / n): √(2 / n) for a normal
  // distribution, √(0.8 / n) for a uniform one. Five of them, and five standard errors of the mean.
  const cases: readonly [name: string, initialise: Initialiser, expected: number, bound: number | null][] = [
    ["He normal, fan-in", heNormal(), 2 / 50, null],
    ["He normal, fan-out", heNormal("out"), 2 / 30, null],
    ["Glorot normal", glorotNormal(), 2 / 80, null],
    ["a fixed deviation", normal(0.02), 0.0004, null],
    ["Glorot uniform", glorotUniform(), 2 / 80, Math.sqrt(6 / 80)],
    ["Caffe's xavier", caffeXavier(), 1 / 50, Math.sqrt(3 / 50)],
    ["PyTorch's linear layers", fanInUniform(), 1 / 150, Math.sqrt(1 / 50)],
  ];
  for (const [name, initialise, expected, bound] of cases) {
    it(`${name} has its variance and mean 0`, () => {
      const values = drawn(initialise);
      const error = 5 * Math.sqrt((bound === null ? 2 : 0.8) / COUNT);
      expect(Math.abs(variance(values) / expected - 1)).toBeLessThan(error);
      expect(Math.abs(mean(values))).toBeLessThan(5 * Math.sqrt(expected / COUNT));
      const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      if (bound === null) {
        // 200,000 normal numbers reach beyond four deviations, but not beyond six.
        expect(largest / Math.sqrt(expected)).toBeGreaterThan(4);
        expect(largest / Math.sqrt(expected)).toBeLessThan(6);
      } else {
        expect(largest).toBeLessThanOrEqual(Math.fround(bound));
        expect(largest).toBeGreaterThan(0.999 * bound);
      }
    });
  }

  it("neighbours of a normal pair are uncorrelated", () => {
    const values = drawn(normal(1));
    let sum = 0;
    for (let i = 0; i < COUNT; i += 2) sum += (values[i] as number) * (values[i + 1] as number);
    expect(Math.abs(sum / (COUNT / 2))).toBeLessThan(5 / Math.sqrt(COUNT / 2));
  });

  it("the same seed gives the same numbers, another one others", () => {
    expect(Buffer.compare(bytes(drawn(heNormal(), 3)), bytes(drawn(heNormal(), 3)))).toBe(0);
    expect(drawn(heNormal(), 3)[0]).not.toBe(drawn(heNormal(), 4)[0]);
  });
});

describe("fansOf", () => {
  it("counts the window and the groups", () => {
    expect(fansOf([10, 784])).toEqual({ in: 784, out: 10 });
    expect(fansOf([64, 32, 3, 3])).toEqual({ in: 288, out: 576 });
    expect(fansOf([32, 1, 3, 3], 32)).toEqual({ in: 9, out: 9 });
  });
});
