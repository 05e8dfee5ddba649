import { DataType, numberToFloat16 } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import type { RuntimeTensor } from "../runtime.js";
import { compareOutput, missingOutput, pooled } from "./compare.js";

const floats = (...values: number[]): RuntimeTensor => ({
  dataType: DataType.FLOAT,
  dims: [values.length],
  data: Float32Array.from(values),
});
const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

describe("compareOutput", () => {
  it("divides the largest difference by the largest magnitude of the reference", () => {
    expect(compareOutput("y", floats(1, -4, 2), floats(1, -4, 2.5))).toEqual({
      name: "y",
      maxAbs: 0.5,
      scale: 4,
      maxRel: 0.125,
      ties: 0,
    });
  });

  it("takes the scale from the reference, not from the candidate", () => {
    expect(compareOutput("y", floats(1), floats(100)).maxRel).toBe(99);
    expect(compareOutput("y", floats(100), floats(1)).maxRel).toBe(0.99);
  });

  it("never divides by less than 1e-6", () => {
    expect(compareOutput("y", floats(0), floats(2 ** -20)).maxRel).toBe(2 ** -20 / 1e-6);
    expect(compareOutput("y", floats(0), floats(0)).maxRel).toBe(0);
  });

  it("counts NaN as equal to NaN and to nothing else", () => {
    expect(compareOutput("y", floats(NAN, 1), floats(NAN, 1)).maxRel).toBe(0);
    expect(compareOutput("y", floats(NAN), floats(0)).maxRel).toBe(INF);
    expect(compareOutput("y", floats(0), floats(NAN)).maxRel).toBe(INF);
  });

  it("counts an infinity as equal to itself and to nothing else, and keeps it out of the scale", () => {
    expect(compareOutput("y", floats(INF, 2), floats(INF, 2))).toMatchObject({ maxRel: 0, scale: 2 });
    expect(compareOutput("y", floats(INF), floats(-INF)).maxRel).toBe(INF);
    expect(compareOutput("y", floats(INF), floats(3e38)).maxRel).toBe(INF);
    expect(compareOutput("y", floats(3e38), floats(INF)).maxRel).toBe(INF);
  });

  it("is infinite for shapes that differ, also at the same number of elements", () => {
    const flat = { ...floats(1, 2, 3, 4), dims: [4] };
    expect(compareOutput("y", flat, { ...flat, dims: [2, 2] }).maxRel).toBe(INF);
    expect(compareOutput("y", flat, floats(1, 2, 3)).maxRel).toBe(INF);
  });

  it("finds empty outputs equal", () => {
    expect(compareOutput("y", floats(), floats())).toMatchObject({ maxAbs: 0, maxRel: 0 });
  });

  it("counts integers that differ as ties", () => {
    const integers = (...values: number[]): RuntimeTensor => ({
      dataType: DataType.INT64,
      dims: [values.length],
      data: BigInt64Array.from(values, BigInt),
    });
    expect(compareOutput("y", integers(3, 1, 2), integers(3, 2, 1))).toMatchObject({ ties: 2, maxAbs: 1 });
    const flags: RuntimeTensor = { dataType: DataType.BOOL, dims: [2], data: Uint8Array.of(1, 0) };
    expect(compareOutput("y", flags, { ...flags, data: Uint8Array.of(1, 1) }).ties).toBe(1);
  });

  it("reads float16 as numbers, not as bits", () => {
    const half = (value: number): RuntimeTensor => ({
      dataType: DataType.FLOAT16,
      dims: [1],
      data: Uint16Array.of(numberToFloat16(value)),
    });
    expect(compareOutput("y", half(2), half(1.5)).maxRel).toBe(0.25);
    expect(compareOutput("y", half(0), half(-0)).maxRel).toBe(0);
  });

  it("compares strings exactly", () => {
    const strings = (...data: string[]): RuntimeTensor => ({
      dataType: DataType.STRING,
      dims: [data.length],
      data,
    });
    expect(compareOutput("y", strings("a", "b"), strings("a", "b")).maxRel).toBe(0);
    expect(compareOutput("y", strings("a", "b"), strings("a", "c")).maxRel).toBe(INF);
  });
});

describe("pooled", () => {
  it("divides the largest difference of all inputs by the largest scale of all inputs", () => {
    const small = compareOutput("y", floats(1e-3), floats(2e-3));
    const large = compareOutput("y", floats(10), floats(10));
    expect(pooled(undefined, small)).toBe(small);
    expect(pooled(small, large).maxRel).toBeCloseTo(1e-4, 9);
    expect(pooled(pooled(large, small), large).ties).toBe(0);
  });

  it("stays infinite once one input disagrees infinitely", () => {
    const fine = compareOutput("y", floats(1), floats(1));
    expect(pooled(missingOutput("y"), fine).maxRel).toBe(INF);
    expect(pooled(compareOutput("y", floats(1), floats(NAN)), fine).maxRel).toBe(INF);
  });
});
