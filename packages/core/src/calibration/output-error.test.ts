import { DataType } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import type { RuntimeTensor } from "../runtime.js";
import { outputError } from "./output-error.js";

const tensor = (rows: readonly (readonly number[])[]): RuntimeTensor => ({
  dataType: DataType.FLOAT,
  dims: [rows.length, rows[0]?.length ?? 0],
  data: Float32Array.from(rows.flat()),
});

describe("outputError", () => {
  it("is the squared error over the spread of the dense output around its mean", () => {
    // Mean [2, 0], spread 1 + 1 = 2; error 0.25 + 0.25
    const dense = { y: [tensor([[1, 0]]), tensor([[3, 0]])] };
    expect(outputError(dense, { y: [tensor([[1.5, 0]]), tensor([[3, -0.5]])] })).toBeCloseTo(0.25, 9);
  });

  it("is 0 for the same outputs, 1 for their mean, the same however inputs are batched", () => {
    const split = { y: [tensor([[1, 4]]), tensor([[3, 0]])] };
    const whole = {
      y: [
        tensor([
          [1, 4],
          [3, 0],
        ]),
      ],
    };
    const mean = tensor([
      [2, 2],
      [2, 2],
    ]);
    expect(outputError(split, split)).toBe(0);
    expect(outputError(whole, { y: [mean] })).toBeCloseTo(1, 9);
  });

  it("averages over outputs and leaves integers out", () => {
    const dense = {
      a: [tensor([[0], [2]])],
      b: [tensor([[0], [2]])],
      index: [{ ...tensor([[0]]), data: BigInt64Array.of(3n) }],
    };
    const candidate = {
      a: [tensor([[0], [2]])],
      b: [tensor([[1], [1]])],
      index: [{ ...tensor([[0]]), data: BigInt64Array.of(9n) }],
    };
    expect(outputError(dense, candidate)).toBeCloseTo(0.5, 9);
  });

  it("is infinite for a constant output that changes, and for another shape", () => {
    expect(outputError({ y: [tensor([[1], [1]])] }, { y: [tensor([[1], [2]])] })).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(outputError({ y: [tensor([[1, 2]])] }, { y: [tensor([[1]])] })).toBe(Number.POSITIVE_INFINITY);
  });
});
