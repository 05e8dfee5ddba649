import { describe, expect, it } from "vitest";
import { seededRandom } from "../random/random.js";
import type { Profiler } from "../runtime.js";
import { measureStair, stepOf } from "./measure-stair.js";

const widths = Array.from({ length: 32 }, (_, i) => 33 + i);
const stair = (step: number) => widths.map((width) => ({ width, us: (Math.ceil(width / step) * step) ** 2 }));

describe("stepOf", () => {
  it.each([1, 4, 8, 16, 32])("finds a step of %d", (step) => {
    expect(stepOf(stair(step))).toBe(step);
  });

  it("finds the step at which odd widths fall back to a slow path", () => {
    const points = widths.map((width) => ({ width, us: width ** 2 * (width % 4 === 0 ? 1 : 1.5) }));
    expect(stepOf(points)).toBe(4);
  });

  it("bears what a noisy machine adds", () => {
    const noisy = stair(16).map(({ width, us }, i) => ({ width, us: us * (1 + 0.01 * Math.sin(7 * i)) }));
    expect(stepOf(noisy)).toBe(16);
  });

  it("finds the step of kernels that have stairs in what they write alone, also on a noisy machine", () => {
    const oneSided = (noise: number) =>
      widths.map((width, i) => ({
        width,
        us: width * Math.ceil(width / 8) * 8 * (1 + noise * Math.sin(7 * i)),
      }));
    expect(stepOf(oneSided(0))).toBe(8);
    expect(stepOf(oneSided(0.02))).toBe(8);
    // LiteRT.js on a machine with ten other programs.
    const measured = [
      783.69, 820.09, 807.25, 843.57, 956.48, 914.8, 833.41, 939.47, 1187.76, 1209, 1216.47, 1298.39, 1228.12,
      1306.64, 1334.13, 1382.79, 1603.16, 1823.54, 1192.12, 1754.99, 1720.29, 1841.11, 1741.52, 1740.57,
      2045.71, 2084.36, 2266.05, 2256.38, 2194.09, 2229.46, 2359.01, 2405.28,
    ];
    expect(stepOf(measured.map((us, i) => ({ width: 33 + i, us })))).toBe(8);
  });

  it("takes no noise for stairs", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = seededRandom(seed, "stair");
      const points = widths.map((width) => ({ width, us: width ** 2 * (1 + 0.1 * random.normal()) }));
      expect(stepOf(points), `seed ${seed}`).toBeLessThanOrEqual(2);
    }
  });

  it("is 1 where nothing was measured", () => {
    expect(stepOf([])).toBe(1);
  });
});

describe("measureStair", () => {
  const drifting = (inTurns: boolean): Profiler => {
    let calls = 0;
    return {
      async profile(_, feeds) {
        const width = feeds.x!.dims[1]!;
        const layers = calls++ % 2 === 0 ? 2 : 6; // the short chain, then the long one
        const speed = inTurns ? 1 + (calls % 7) / 10 : 1; // the machine's, which a reference shares
        const ms = speed * (5 + (layers * width) / 1000);
        const reference = inTurns ? { medianMs: 4, times: ms / (4 * speed) } : null;
        return { nodes: null, profiled: null, medianMs: ms, p10Ms: ms, reference };
      },
      async dispose() {},
    };
  };

  it.each([false, true])(
    "gives the marginal time of a layer, in turns with a reference: %s",
    async (turns) => {
      const points = await measureStair(drifting(turns));
      expect(points.map(({ width }) => width)).toEqual(widths);
      for (const { width, us } of points) expect(us).toBeCloseTo(width, 6);
    },
  );
});
