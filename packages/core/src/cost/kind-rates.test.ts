import { describe, expect, it } from "vitest";
import { fitKindRates, type KindSample, OTHER, padding } from "./kind-rates.js";

describe("fitKindRates", () => {
  it("finds start, arithmetic and reading of each kind in exact data", () => {
    const samples = [1, 2, 3, 5].flatMap((n): KindSample[] => [
      { kind: "conv", count: 1, macs: 1e6 * n * n, elements: 1e4 * n, us: 10 + 25 * n * n + 3 * n },
      { kind: OTHER, count: 4 * n, macs: 0, elements: 1e3 * n * n, us: 8 * n + 0.5 * n * n, of: 1e3 },
    ]);
    const [conv, other] = fitKindRates(samples);
    expect(conv).toMatchObject({ kind: "conv" });
    expect(conv?.fixedUs).toBeCloseTo(10, 2);
    expect(conv?.nsPerMac).toBeCloseTo(0.025, 5);
    expect(conv?.nsPerElement).toBeCloseTo(0.3, 4);
    expect(other?.fixedUs).toBeCloseTo(2, 3);
    expect(other?.nsPerElement).toBeCloseTo(0.5, 3);
  });

  it("is not led astray by a rest that came out as nothing", () => {
    const rest = (us: number): KindSample => ({ kind: OTHER, count: 10, macs: 0, elements: 0, us, of: 1000 });
    expect(fitKindRates([rest(100), rest(0), rest(104), rest(96)])[0]?.fixedUs).toBeCloseTo(7.5, 3);
  });
});

describe("padding", () => {
  it("is what widths off the stairs cost beyond their MACs", () => {
    expect(padding({ in: 32, out: 48 }, 16)).toBe(1);
    expect(padding({ in: 33, out: 48 }, 16)).toBeCloseTo(48 / 33, 12);
    expect(padding({ in: 33, out: 33, depthwise: true }, 16)).toBeCloseTo(48 / 33, 12);
    expect(padding({ in: 33, out: 33 }, 16)).toBeCloseTo((48 / 33) ** 2, 12);
  });
});
