import { describe, expect, it } from "vitest";
import type { CostTable } from "./cost-table.js";
import type { ProfiledKernel } from "./probe.js";
import { refineTable } from "./refine-table.js";
import { type Trial, wholeUs } from "./trial.js";

const TABLE = {
  patterns: [{ key: "a", kind: "conv", samples: [[16, 16, 10]] }],
  others: [
    { kernel: "Add", value: "y", share: 1, samples: [[100, 4]] },
    { kernel: "Add", value: "z", share: 1, samples: [[100, 6]] },
  ],
  runs: [],
  overheadUs: 0,
  denseUs: 100,
  profilerUs: 0,
} as unknown as CostTable;
const kernel = (input: number, out: number, us: number, times = 1): ProfiledKernel => ({
  pattern: { key: "a", kind: "conv", in: input, out, times },
  macs: 0,
  elements: 0,
  us,
});
const add = (value: string, elements: number, us: number): ProfiledKernel => ({
  pattern: null,
  kernel: "Add",
  value,
  elements,
  us,
});
/** A trial whose kernels are all there is to a run. */
const trial = (...kernels: ProfiledKernel[]): Trial => {
  const ms = kernels.reduce((sum, one) => sum + one.us, 0) / 1000;
  return { kernels, profiled: null, runs: { medianMs: ms, p10Ms: ms, reference: null } };
};

/** What the table says is what the kernels took. */
const refine = (one: Trial): CostTable => {
  const sumUs = wholeUs(one, TABLE);
  return refineTable(TABLE, one, { macs: 1, sumUs });
};

describe("refineTable", () => {
  it("adds new widths, and takes the mean where a width was measured before", () => {
    const { patterns } = refine(trial(kernel(32, 16, 20), kernel(32, 16, 24), kernel(16, 16, 14)));
    expect(patterns[0]?.samples).toEqual([
      [16, 16, 12],
      [32, 16, 22],
    ]);
  });

  it("counts a kernel that runs several times once", () => {
    expect(refine(trial(kernel(48, 48, 80, 4))).patterns[0]?.samples).toContainEqual([48, 48, 20]);
  });

  it("adds what kernels that are no patterns took, each in its place", () => {
    const { others } = refine(trial(add("z", 50, 2), add("y", 100, 8), add("unknown", 1, 1)));
    expect(others.map(({ samples }) => samples)).toEqual([
      [[100, 6]],
      [
        [50, 2],
        [100, 6],
      ],
    ]);
  });

  it("brings times to the speed at which the dense network was measured", () => {
    // The machine ran at half its speed: the dense network, 100 us in the table, took 200 beside this one.
    const reference = { medianMs: 0.2, times: 0.5 };
    const runs = { medianMs: 0.1, p10Ms: 0.1, reference };
    const slow: Trial = { kernels: [kernel(32, 32, 100)], profiled: runs, runs };
    expect(refine(slow).patterns[0]?.samples).toContainEqual([32, 32, 50]);
  });

  it("keeps the run, and takes off the factor that the network has as a whole", () => {
    const one = trial(kernel(32, 32, 60), kernel(8, 8, 30));
    const { runs, patterns } = refineTable(TABLE, one, { macs: 7, sumUs: 120 });
    expect(runs).toEqual([[7, 120, 90, 20]]);
    // The table says 120 where 90 were measured: kernels of a network of middling size take 4/3 as long.
    expect(patterns[0]?.samples).toContainEqual([32, 32, 80]);
  });
});
