import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import type { CoupledGroup } from "../groups/coupled-group.js";
import { GateSums } from "./gate-statistics.js";
import { headImportance, taylor } from "./taylor.js";

const context = { seed: 1, constant: () => expect.unreachable() };
const group = (id: string, width: number): CoupledGroup => ({ id, width }) as CoupledGroup;

/** Gradients of 5 gates for 5 samples, in batches of 3 and 2. */
const FIRST = [...[1, -2, 0, 4, 0.5], ...[1, 2, 0, -4, 0.5], ...[1, 0, 3, 0, -1]];
const SECOND = [...[-2, 6, 0, 1, 0], ...[0, -6, 0, 1, 0]];

function sums(): GateSums {
  const statistics = new GateSums(5);
  statistics.add(FIRST);
  statistics.add(SECOND);
  return statistics;
}

describe("gate statistics", () => {
  it("add up five samples of five units in two batches", () => {
    const { samples, batches, sum, absolute, squares } = sums();
    expect({ samples, batches }).toEqual({ samples: 5, batches: 2 });
    expect([...sum]).toEqual([1, 0, 3, 2, 0]);
    expect([...absolute]).toEqual([5, 16, 3, 10, 2]);
    // (3/3)² + (−2/2)², (0/3)² + 0², (3/3)² + 0, 0 + (2/2)², 0
    expect([...squares]).toEqual([2, 0, 1, 1, 0]);
  });

  it("take whole samples only", () => {
    expect(() => new GateSums(3).add([1, 2])).toThrow("one gradient a unit");
    expect(() => new GateSums(3).add([])).toThrow("one gradient a unit");
  });
});

describe("taylor", () => {
  it("scores by the mean square of a batch's gradient, or by the mean magnitude of a sample's", () => {
    const statistics = new Map([["g", sums()]]);
    expect([...taylor(statistics).score(group("g", 5), context)]).toEqual([1, 0, 0.5, 0.5, 0]);
    expect([...taylor(statistics, { form: "absolute" }).score(group("g", 5), context)]).toEqual([
      1, 3.2, 0.6, 2, 0.4,
    ]);
  });

  it("of heads is normalised within the layer", () => {
    const statistics = new GateSums(2);
    statistics.add([3, -4]);
    const scores = headImportance(new Map([["g", statistics]])).score(group("g", 2), context);
    expect([...scores]).toEqual([0.6, 0.8]);
  });

  it("refuses groups it knows nothing of, of another width, and gradients that are no numbers", () => {
    const broken = new GateSums(1);
    broken.add([Number.NaN]);
    const criterion = taylor(
      new Map([
        ["g", sums()],
        ["broken", broken],
        ["empty", new GateSums(2)],
      ]),
    );
    for (const [id, width, code] of [
      ["h", 5, "NO_WEIGHTS"],
      ["g", 4, "NO_WEIGHTS"],
      ["empty", 2, "NO_WEIGHTS"],
      ["broken", 1, "NONFINITE"],
    ] as const)
      expect(() => criterion.score(group(id, width), context)).toThrow(
        expect.toSatisfy((error: unknown) => isEspalierError(error, code)),
      );
  });
});
