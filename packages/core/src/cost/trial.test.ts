import { describe, expect, it } from "vitest";
import type { TimedRuns } from "../runtime.js";
import type { ProfiledKernel } from "./probe.js";
import { kernelTimes, runCosts, type Trial } from "./trial.js";

/** A machine of known costs: kernels of these times, at a speed that changes from trial to trial. */
function machine({ overhead = 0, profiler = 0 }: { overhead?: number; profiler?: number }) {
  const kernels = (us: readonly number[], speed: number): ProfiledKernel[] =>
    us.map((own) => ({
      pattern: null,
      kernel: "k",
      value: null,
      elements: 1,
      us: (own + profiler) / speed,
    }));
  const whole = (us: readonly number[]): number => overhead + us.reduce((sum, own) => sum + own, 0);
  const dense = [200, 100, 100];
  const runs = (us: readonly number[], speed: number, lengthened: number): TimedRuns => {
    const ms = (whole(us) + lengthened * us.length) / speed / 1000;
    const denseMs = whole(dense) / speed / 1000;
    return { medianMs: ms, p10Ms: ms, reference: { medianMs: denseMs, times: ms / denseMs } };
  };
  return (us: readonly number[], speed: number): Trial => ({
    kernels: kernels(us, speed),
    profiled: runs(us, speed, profiler),
    runs: runs(us, 1, 0),
  });
}

const WIDTHS: readonly (readonly number[])[] = [
  [200, 100, 100],
  [150, 60, 40],
  [100, 30, 20],
  [60, 80, 15],
  [30, 20, 10],
  [180, 30, 90],
];

describe("trials on a machine of known costs", () => {
  it("give back kernels, what a run takes beside them, and the dense run", () => {
    const trial = machine({ overhead: 50 });
    const costs = runCosts(WIDTHS.map((us) => trial(us, 1)));
    expect(costs).toMatchObject({ denseUs: 450, profilerUs: 0 });
    expect(costs.overheadUs).toBeCloseTo(50, 6);
    const times = kernelTimes(trial([60, 80, 15], 1), costs).map(({ us }) => us);
    for (const [i, us] of [60, 80, 15].entries()) expect(times[i]).toBeCloseTo(us, 6);
  });

  it("take off what the profiler adds to every kernel", () => {
    const trial = machine({ profiler: 6 });
    const costs = runCosts(WIDTHS.map((us) => trial(us, 1)));
    expect(costs.overheadUs).toBe(0);
    expect(costs.profilerUs).toBeCloseTo(6, 6);
    const times = kernelTimes(trial([30, 20, 10], 1), costs).map(({ us }) => us);
    for (const [i, us] of [30, 20, 10].entries()) expect(times[i]).toBeCloseTo(us, 6);
  });

  it("do not depend on the speed at which one of them was timed", () => {
    const trial = machine({ profiler: 6 });
    const costs = runCosts(WIDTHS.map((us, i) => trial(us, i % 2 === 0 ? 1 : 0.5)));
    expect(costs.profilerUs).toBeCloseTo(6, 6);
    const times = kernelTimes(trial([60, 80, 15], 0.5), costs).map(({ us }) => us);
    for (const [i, us] of [60, 80, 15].entries()) expect(times[i]).toBeCloseTo(us, 6);
  });

  it("say what runs take where kernels are not timed", () => {
    const trials = [0.4, 0.2].map((ms): Trial => {
      const runs = { medianMs: ms, p10Ms: ms, reference: null };
      return { kernels: [], profiled: null, runs };
    });
    expect(runCosts(trials)).toEqual({ denseUs: 400, overheadUs: 300, profilerUs: 0 });
  });
});
