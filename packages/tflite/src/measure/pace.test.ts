import type { TimeRuns } from "@espalier/core";
import { describe, expect, it } from "vitest";
import { pacedBy } from "./pace.js";

/** Runs of `ms` at the speed that the machine has in that block. */
const runs =
  (ms: number, slowness: () => number): TimeRuns =>
  async (_, count) => {
    const slow = slowness();
    return Array.from({ length: count }, () => ms * slow);
  };

describe("pacedBy", () => {
  it("gives the time at the speed of the first measurement, however slow the machine is later", async () => {
    let slow = 1;
    const timeOf = pacedBy(runs(0.2, () => slow));
    expect(await timeOf(runs(1.5, () => slow))).toBeCloseTo(1500, 6);
    slow = 2.5;
    expect(await timeOf(runs(1.5, () => slow))).toBeCloseTo(1500, 6);
  });

  it("does not mind single rounds that something else disturbed", async () => {
    let block = 0;
    const timeOf = pacedBy(runs(0.2, () => 1));
    expect(await timeOf(runs(0.5, () => (block++ % 5 === 3 ? 4 : 1)))).toBeCloseTo(500, 6);
  });
});
