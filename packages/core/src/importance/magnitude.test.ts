import { floatTensor, isEspalierError, type Tensor, Value } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CoupledGroup, GroupMember } from "../groups/coupled-group.js";
import { magnitude } from "./magnitude.js";

interface Part {
  readonly role: GroupMember["role"];
  readonly axis: number;
  readonly dims: readonly number[];
  readonly values: readonly number[];
  /** Unit of each position; in order by default. */
  readonly unitOf?: readonly number[];
}

/** Scores of a group made of `parts`. */
function scores(width: number, parts: readonly Part[], options?: Parameters<typeof magnitude>[0]): number[] {
  const tensors = new Map<Value, Tensor>();
  const members = parts.map(({ role, axis, dims, values, unitOf }, i): GroupMember => {
    const value = new Value(`w${i}`);
    tensors.set(value, floatTensor(dims, values));
    const size = dims[axis] as number;
    return {
      value,
      axis,
      role,
      unitOf: Int32Array.from(unitOf ?? Array.from({ length: size }, (_, p) => p)),
    };
  });
  const group = { id: "g#0", width, members } as unknown as CoupledGroup;
  const constant = (value: Value): Tensor => tensors.get(value) as Tensor;
  return [...magnitude(options).score(group, { seed: 1, constant })];
}

const MATRIX: Part = {
  role: "produces",
  axis: 0,
  dims: [3, 4],
  // biome-ignore format: a matrix
  values: [
    1, -2,  3, -4,
    0,  0,  0,  0,
    3,  0, -4,  0,
  ],
};

describe("magnitude", () => {
  it("scores the rows of a 3 × 4 matrix 10, 0 and 7 by L1, √30, 0 and 5 by L2", () => {
    expect(scores(3, [MATRIX])).toEqual([10, 0, 7]);
    expect(scores(3, [MATRIX], { p: 2 })).toEqual([Math.sqrt(30), 0, 5]);
  });

  it("scores its columns 4, 2, 7 and 4", () => {
    expect(scores(4, [{ ...MATRIX, axis: 1 }])).toEqual([4, 2, 7, 4]);
  });

  it("averages over the producers of a group", () => {
    const other: Part = { role: "produces", axis: 0, dims: [3, 1], values: [2, 4, 1] };
    expect(scores(3, [MATRIX, other])).toEqual([6, 2, 4]);
  });

  it("looks at consumers only when asked to", () => {
    const consumer: Part = { role: "consumes", axis: 1, dims: [2, 3], values: [1, 2, 3, -1, -2, -3] };
    expect(scores(3, [MATRIX, consumer])).toEqual([10, 0, 7]);
    expect(scores(3, [MATRIX, consumer], { members: "all" })).toEqual([6, 2, 6.5]);
    expect(scores(3, [MATRIX, consumer], { members: "all", p: 2 })).toEqual([
      (Math.sqrt(30) + Math.sqrt(2)) / 2,
      Math.sqrt(8) / 2,
      (5 + Math.sqrt(18)) / 2,
    ]);
  });

  it("never looks at biases and normalisations", () => {
    const bias: Part = { role: "scales", axis: 0, dims: [3], values: [100, 100, 100] };
    expect(scores(3, [MATRIX, bias, { ...bias, role: "gain" }], { members: "all" })).toEqual([10, 0, 7]);
  });

  it("leaves out positions of other groups, and sums the positions of a unit", () => {
    expect(scores(2, [{ ...MATRIX, unitOf: [1, -1, 0] }])).toEqual([7, 10]);
    expect(scores(2, [{ ...MATRIX, axis: 1, unitOf: [0, 0, 1, 1] }])).toEqual([6, 11]);
  });

  it("agrees with plain loops on a seeded four-dimensional weight, along every axis", () => {
    const dims = [4, 3, 2, 5];
    const value = fc.integer({ min: -50, max: 50 }).map((n) => n / 8);
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 120, maxLength: 120 }),
        fc.nat(3),
        fc.constantFrom(1 as const, 2 as const),
        (values, axis, p) => {
          const width = dims[axis] as number;
          const expected = new Array<number>(width).fill(0);
          for (let o = 0, at = 0; o < 4; o++)
            for (let i = 0; i < 3; i++)
              for (let h = 0; h < 2; h++)
                for (let w = 0; w < 5; w++) {
                  const unit = [o, i, h, w][axis] as number;
                  (expected[unit] as number) += Math.abs(values[at++] as number) ** p;
                }
          const found = scores(width, [{ role: "produces", axis, dims, values }], { p });
          for (const [u, score] of found.entries())
            expect(score).toBeCloseTo((expected[u] as number) ** (1 / p), 10);
        },
      ),
      { numRuns: 100, seed: 3 },
    );
  });

  it("permutes its scores when the units are permuted", () => {
    const order = [2, 0, 1];
    const rows = (m: readonly number[]) => order.flatMap((row) => m.slice(4 * row, 4 * row + 4));
    const base = scores(3, [MATRIX], { p: 2 });
    expect(scores(3, [{ ...MATRIX, values: rows(MATRIX.values) }], { p: 2 })).toEqual(
      order.map((row) => base[row]),
    );
  });

  it("has nothing to say without a producer", () => {
    const consumer: Part = { role: "consumes", axis: 0, dims: [2], values: [1, 2] };
    for (const members of ["producers", "all"] as const)
      expectCode("NO_WEIGHTS", () => scores(2, [consumer], { members }));
  });

  it("refuses NaN and infinite weights of the group, not those beside it", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const values = MATRIX.values.with(5, bad);
      expectCode("NONFINITE", () => scores(3, [{ ...MATRIX, values }]));
      expect(scores(2, [{ ...MATRIX, values, unitOf: [0, -1, 1] }])).toEqual([10, 7]);
    }
  });

  it("is named after its order and its members", () => {
    expect([magnitude().name, magnitude({ p: 2 }).name, magnitude({ members: "all" }).name]).toEqual([
      "l1",
      "l2",
      "l1-group",
    ]);
  });
});

function expectCode(code: "NO_WEIGHTS" | "NONFINITE", work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(isEspalierError(error, code)).toBe(true);
    return;
  }
  expect.unreachable();
}
