import { DataType, floatTensor, readFloats } from "@espalier/ir";
import { assert, double, float, oneof, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { fitsFloat16, float16Tensor } from "./float16-tensor.js";

/** All finite float16 in order, by what IEEE 754 says of sign, exponent and fraction: the place in the list is their code. */
const MAGNITUDES = Array.from({ length: 0x7c00 }, (_, bits) => {
  const [exponent, fraction] = [Math.floor(bits / 1024), bits % 1024];
  return exponent === 0 ? fraction / 2 ** 24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
});

/** The nearest of all, the one with an even code where two are as near; the next number after the largest is infinity. */
function nearest(value: number): number {
  const size = Math.abs(value);
  let [low, high] = [0, MAGNITUDES.length];
  const at = (code: number): number => MAGNITUDES[code] ?? 65536;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at(middle) <= size) low = middle;
    else high = middle;
  }
  const [below, above] = [size - at(low), at(high) - size];
  const code = below < above || (below === above && low % 2 === 0) ? low : high;
  return Math.sign(value) * (code === MAGNITUDES.length ? Number.POSITIVE_INFINITY : at(code));
}

const rounded = (values: readonly number[]): number[] => [
  ...readFloats(float16Tensor(floatTensor([values.length], values)).tensor),
];

describe("a tensor in float16", () => {
  it("holds the nearest numbers, ties to even: 1 + 2⁻¹¹ is 1, 1 + 3 · 2⁻¹¹ is 1 + 2⁻⁹, 2⁻²⁵ is 0, 65519 is 65504", () => {
    expect(rounded([1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, 65519])).toEqual([1, 1 + 2 ** -9, 0, 65504]);
  });

  it("holds for any float the one that is found by looking at all float16", () => {
    const anywhere = oneof(
      float({ noNaN: true, noDefaultInfinity: true }),
      // Half-way between two, and beside it.
      double({ min: 0, max: 65504, noNaN: true }).map((x) => {
        const code = MAGNITUDES.findIndex((one) => one >= x);
        return ((MAGNITUDES[code] ?? 0) + (MAGNITUDES[code + 1] ?? 65536)) / 2;
      }),
      double({ min: -(2 ** -13), max: 2 ** -13, noNaN: true }).map(Math.fround),
    );
    assert(
      property(anywhere, (value) => {
        const [got = Number.NaN] = rounded([value]);
        expect(got === nearest(value) || (got === 0 && nearest(value) === 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("counts what is too small for all of its digits, and what became 0", () => {
    const { tensor, subnormal, flushed } = float16Tensor(floatTensor([5], [0, 1, 2 ** -15, 2 ** -26, -0]));
    expect({ subnormal, flushed }).toEqual({ subnormal: 2, flushed: 1 });
    expect([tensor.dataType, tensor.bytes().byteLength]).toEqual([DataType.FLOAT16, 10]);
  });

  it("fits where all that is finite stays so", () => {
    const fits = (value: number) => fitsFloat16(floatTensor([1], [value]));
    expect([65504, 65519, -65520, Number.NEGATIVE_INFINITY].map(fits)).toEqual([true, true, false, true]);
  });
});
