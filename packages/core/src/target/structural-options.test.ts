import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { uniform } from "../allocation/uniform.js";
import { resolveStructural, type StructuralOptions } from "./structural-options.js";

const resolve = (more: Partial<StructuralOptions> = {}, ratio = 0.3) =>
  resolveStructural({ budget: { ratio }, ...more });

describe("resolveStructural", () => {
  it("fills in L1, uniform, one shot, step 1, width 1, seed 1", () => {
    const { criterion, allocation, schedule, ...rest } = resolve();
    expect([criterion.name, allocation?.name, schedule.name]).toEqual(["l1", "uniform", "one-shot"]);
    expect(rest).toEqual({
      budget: { kind: "ratio", value: 0.3 },
      curves: null,
      step: 1,
      minWidth: 1,
      maxRatio: 1,
      include: [],
      exclude: [],
      allowInexact: false,
      keepOverridable: false,
      seed: 1,
    });
  });

  it("takes ratios from 0 to just below 1", () => {
    for (const ratio of [0, 0.999]) expect(resolve({}, ratio).budget.value).toBe(ratio);
  });

  it("plans a latency on the stairs, by the knapsack", () => {
    expect(resolveStructural({ budget: { latency: 0.5 } })).toMatchObject({ step: "auto", allocation: null });
    expect(resolveStructural({ budget: { macs: 0.5 } })).toMatchObject({ step: 1, allocation: null });
    expect(resolveStructural({ budget: { latency: 0.5 }, step: 4 }).step).toBe(4);
  });

  const refused: [string, Partial<StructuralOptions>, number | undefined][] = [
    ["ratio", {}, 1],
    ["ratio", {}, -0.1],
    ["ratio", {}, Number.NaN],
    ["step", { step: 0 }, undefined],
    ["step", { step: 1.5 }, undefined],
    ["minWidth", { minWidth: 0 }, undefined],
    ["maxRatio", { maxRatio: 0 }, undefined],
    ["maxRatio", { maxRatio: 1.1 }, undefined],
    ["allocation", { budget: { macs: 0.5 }, allocation: uniform() }, undefined],
    ["minWidth", { minWidth: Number.POSITIVE_INFINITY }, undefined],
    ["seed", { seed: 0.5 }, undefined],
    ["seed", { seed: 2 ** 53 }, undefined],
  ];
  it.each(refused)("names %s when it is not usable", (where, more, ratio) => {
    try {
      resolve(more, ratio);
      expect.unreachable();
    } catch (error) {
      if (!isEspalierError(error, "INVALID_OPTION")) throw error;
      expect(error.context.where).toBe(where);
    }
  });
});
