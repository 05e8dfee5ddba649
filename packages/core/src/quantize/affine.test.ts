import { isEspalierError } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asymmetricInt8, dequantise, INT8, quantiseInt8, rangeOf, roundHalfAway } from "./affine.js";

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const range = fc
  .tuple(finite, finite)
  .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }))
  .filter(({ min, max }) => Math.max(max, 0) - Math.min(min, 0) > 1e-6);

describe("parameters of an int8 activation", () => {
  it("are those of the formula, written out", () => {
    expect(asymmetricInt8({ min: 0, max: 2.55 })).toEqual({ scale: Math.fround(0.01), zeroPoint: -128 });
    // -128 + 127.5 = -0.5, away from zero
    expect(asymmetricInt8({ min: -1, max: 1 })).toEqual({ scale: Math.fround(2 / 255), zeroPoint: -1 });
    expect(asymmetricInt8({ min: -5.1, max: 0 })).toEqual({ scale: Math.fround(0.02), zeroPoint: 127 });
  });

  it("hold 0 whatever the range", () => {
    expect(asymmetricInt8({ min: 2, max: 5.1 })).toEqual({ scale: Math.fround(0.02), zeroPoint: -128 });
    expect(asymmetricInt8({ min: 0, max: 0 })).toEqual({ scale: 1, zeroPoint: 0 });
    fc.assert(
      fc.property(range, (one) => {
        const parameters = asymmetricInt8(one);
        expect(Number.isInteger(parameters.zeroPoint)).toBe(true);
        expect([...quantiseInt8([0], parameters)]).toEqual([parameters.zeroPoint]);
        expect(dequantise([parameters.zeroPoint], parameters)[0]).toBe(0);
      }),
    );
  });

  it("reach both ends of the range to half a step", () => {
    fc.assert(
      fc.property(range, (one) => {
        const parameters = asymmetricInt8(one);
        const reached = rangeOf(parameters);
        const half = parameters.scale * (0.5 + 1e-4);
        expect(Math.abs(reached.min - Math.min(one.min, 0))).toBeLessThanOrEqual(half);
        expect(Math.abs(reached.max - Math.max(one.max, 0))).toBeLessThanOrEqual(half);
      }),
    );
  });

  it.each([
    { min: Number.NaN, max: 1 },
    { min: 0, max: Number.POSITIVE_INFINITY },
    { min: -1e308, max: 1e308 },
    { min: 1, max: -1 },
  ])("are refused for %o", (one) => {
    try {
      asymmetricInt8(one);
      expect.unreachable();
    } catch (error) {
      expect(isEspalierError(error, "NONFINITE")).toBe(true);
    }
  });
});

describe("values in int8", () => {
  it("come back within half a step inside the range, and as its ends outside", () => {
    fc.assert(
      fc.property(range, fc.array(finite, { maxLength: 20 }), (one, values) => {
        const parameters = asymmetricInt8(one);
        const reached = rangeOf(parameters);
        const stored = quantiseInt8(values, parameters);
        const back = dequantise(stored, parameters);
        for (const [i, value] of values.entries()) {
          const nearest = Math.min(reached.max, Math.max(reached.min, value));
          const error = Math.abs((back[i] as number) - nearest);
          expect(error).toBeLessThanOrEqual(parameters.scale / 2 + 1e-6 * Math.abs(nearest));
          if (value > reached.max) expect(stored[i]).toBe(INT8.highest);
          if (value < reached.min) expect(stored[i]).toBe(INT8.lowest);
        }
      }),
    );
  });

  it("keep their order, and stay as they are once they are on the grid", () => {
    fc.assert(
      fc.property(range, fc.array(finite, { minLength: 2, maxLength: 20 }), (one, values) => {
        const parameters = asymmetricInt8(one);
        const stored = quantiseInt8(
          values.sort((a, b) => a - b),
          parameters,
        );
        expect([...stored]).toEqual([...stored].sort((a, b) => a - b));
        const reals = [...stored].map((value) => parameters.scale * (value - parameters.zeroPoint));
        expect(quantiseInt8(reals, parameters)).toEqual(stored);
      }),
    );
  });

  it("round halves away from zero", () => {
    expect([2.5, -2.5, 0.5, -0.5, 2.4, -2.6].map(roundHalfAway)).toEqual([3, -3, 1, -1, 2, -3]);
    expect([...quantiseInt8([0.25, -0.25], { scale: 0.5, zeroPoint: 3 })]).toEqual([4, 2]);
  });
});
