import { describe, expect, it } from "vitest";
import { spread, summariseSamples } from "./latency-statistics.js";

const about = { threads: 1, batch: 1 };

describe("latency statistics", () => {
  it("hold median, quantiles and every sample in order", () => {
    const samples = [5, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11];
    expect(summariseSamples(samples, about, "test")).toEqual({
      medianMs: 6,
      p10Ms: 2,
      p90Ms: 10,
      runs: 11,
      threads: 1,
      batch: 1,
      runtime: "test",
      unstable: true,
      samplesMs: samples,
    });
  });

  it("are unstable above a spread of a quarter", () => {
    const steady = [100, 110, 120, 121, 122, 123, 124, 125, 126, 127, 135];
    expect(spread(steady)).toBeCloseTo((127 - 110) / 123);
    expect(summariseSamples(steady, about, "test").unstable).toBe(false);
    expect(summariseSamples([10, 10, 10, 20], about, "test").unstable).toBe(true);
  });

  it("of nothing are unstable", () => {
    expect(summariseSamples([], about, "test").unstable).toBe(true);
  });
});
