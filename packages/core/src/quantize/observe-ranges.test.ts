import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { observeRanges, type ValueSource } from "./observe-ranges.js";

function source(runs: readonly Readonly<Record<string, readonly number[]>>[]): {
  passes: number;
  run: ValueSource;
} {
  const counted = {
    passes: 0,
    run: async (visit: Parameters<ValueSource>[0]) => {
      counted.passes++;
      for (const run of runs) {
        for (const [name, values] of Object.entries(run)) visit(name, Float32Array.from(values));
      }
    },
  };
  return counted;
}

describe("observed ranges", () => {
  it("are the smallest and the largest over all inputs, in one pass", async () => {
    const from = source([
      { a: [1, 2], b: [-1] },
      { a: [-3, 0], b: [5] },
    ]);
    expect([...(await observeRanges(from.run))]).toEqual([
      ["a", { min: -3, max: 2 }],
      ["b", { min: -1, max: 5 }],
    ]);
    expect(from.passes).toBe(1);
  });

  it("are clipped in a second pass, over the values of all inputs", async () => {
    const from = source(
      Array.from({ length: 10 }, (_, i) => ({ a: Array.from({ length: 100 }, (_, j) => i * 100 + j) })),
    );
    const ranges = await observeRanges(from.run, { kind: "percentile", coverage: 0.9 });
    expect(from.passes).toBe(2);
    expect(Math.abs((ranges.get("a")?.min ?? 0) - 100)).toBeLessThanOrEqual(1);
    expect(Math.abs((ranges.get("a")?.max ?? 0) - 900)).toBeLessThanOrEqual(1);
  });

  it("are refused where a value is not finite, by the tensor's name", async () => {
    for (const value of [Number.NaN, Number.NEGATIVE_INFINITY]) {
      const error = await observeRanges(source([{ good: [1] }, { bad: [0, value] }]).run).catch(
        (caught) => caught,
      );
      expect(isEspalierError(error, "NONFINITE")).toBe(true);
      expect(error.message).toContain('"bad"');
    }
  });
});
