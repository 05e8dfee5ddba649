import { describe, expect, it } from "vitest";
import type { CostTable } from "./cost-table.js";
import { refineTable } from "./refine-table.js";

const TABLE = {
  patterns: [{ key: "a", kind: "conv", samples: [[16, 16, 10]] }],
} as unknown as CostTable;
const kernel = (input: number, out: number, us: number, times = 1) => ({
  pattern: { key: "a", kind: "conv", in: input, out, times },
  macs: 0,
  elements: 0,
  us,
});

describe("refineTable", () => {
  it("adds new widths, and takes the mean where a width was measured before", () => {
    const { patterns } = refineTable(TABLE, [kernel(32, 16, 20), kernel(32, 16, 24), kernel(16, 16, 14)]);
    expect(patterns[0]?.samples).toEqual([
      [16, 16, 12],
      [32, 16, 22],
    ]);
  });

  it("counts a kernel that runs several times once", () => {
    expect(refineTable(TABLE, [kernel(48, 48, 80, 4)]).patterns[0]?.samples).toContainEqual([48, 48, 20]);
  });

  it("leaves the table alone where nothing of it ran", () => {
    expect(refineTable(TABLE, [{ pattern: null, kernel: "Add", value: null, elements: 1, us: 1 }])).toEqual(
      TABLE,
    );
  });
});
