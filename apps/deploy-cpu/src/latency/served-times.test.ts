import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServedTimes } from "./served-times.js";

describe("ServedTimes", () => {
  it("gives quantiles within a per cent of the sorted times", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 5000, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (all) => {
          const times = new ServedTimes();
          for (const ms of all) times.record(ms, 0);
          const sorted = [...all].sort((a, b) => a - b);
          for (const [p, found] of [
            [0.5, times.all.p50Ms],
            [0.9, times.all.p90Ms],
            [0.99, times.all.p99Ms],
          ] as const) {
            // The request of the nearest rank: one of the two beside p · n.
            const rank = p * sorted.length;
            const low = sorted[Math.max(0, Math.floor(rank) - 1)] as number;
            const high = sorted[Math.max(0, Math.ceil(rank) - 1)] as number;
            // Three digits, and whole microseconds.
            expect(found).toBeGreaterThanOrEqual(0.99 * low - 0.001);
            expect(found).toBeLessThanOrEqual(1.01 * high + 0.001);
          }
          expect(times.all.count).toBe(all.length);
          expect(times.buckets(10).reduce((sum, { count }) => sum + count, 0)).toBeCloseTo(all.length, 6);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("forgets after a minute, but not since the start", () => {
    const times = new ServedTimes();
    times.record(100, 5_000);
    times.record(1, 58_000);
    expect(times.recent(59_000)).toMatchObject({ count: 2, maxMs: expect.closeTo(100, 0) });
    expect(times.recent(65_000)).toMatchObject({ count: 1, maxMs: 1 });
    // The place of the first is taken over by its successor in the ring.
    times.record(2, 66_000);
    expect(times.recent(66_000)).toMatchObject({ count: 2, maxMs: 2 });
    expect(times.recent(1_000_000)).toMatchObject({ count: 0, p50Ms: null });
    expect(times.all.count).toBe(3);
  });

  it("of nothing is null, not zero", () => {
    expect(new ServedTimes().all).toMatchObject({ count: 0, p50Ms: null, p99Ms: null, meanMs: null });
    expect(new ServedTimes().buckets(10)).toEqual([]);
  });
});
