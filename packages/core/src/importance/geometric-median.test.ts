import { floatTensor, isEspalierError, type Tensor, Value } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CoupledGroup, GroupMember } from "../groups/coupled-group.js";
import { geometricMedian } from "./geometric-median.js";

/** Scores of the rows of matrices that produce the same units. */
function scores(...matrices: readonly (readonly (readonly number[])[])[]): number[] {
  const tensors = new Map<Value, Tensor>();
  const width = matrices[0]?.length ?? 0;
  const members = matrices.map((rows, i): GroupMember => {
    const value = new Value(`w${i}`);
    tensors.set(value, floatTensor([width, rows[0]?.length ?? 0], rows.flat()));
    return { value, axis: 0, role: "produces", unitOf: Int32Array.from({ length: width }, (_, p) => p) };
  });
  const group = { id: "g#0", width, members } as unknown as CoupledGroup;
  return [...geometricMedian().score(group, { seed: 1, constant: (value) => tensors.get(value) as Tensor })];
}

describe("fpgm", () => {
  it("scores the points (0,0), (3,4), (6,8), (0,8) by their distances to the others", () => {
    // Distances: 5, 10, 8 from the first; 5, 5, 5 from the second; 10, 5, 6 from the third; 8, 5, 6 from the last.
    const points = [
      [0, 0],
      [3, 4],
      [6, 8],
      [0, 8],
    ];
    expect(scores(points)).toEqual([23, 15, 21, 19]);
  });

  it("scores a filter by what distinguishes it, not by its size", () => {
    const [twin, other, lone] = scores([
      [100, 100],
      [100, 100],
      [0, 0],
    ]) as [number, number, number];
    expect(twin).toBe(other);
    expect(lone).toBeGreaterThan(twin);
  });

  it("takes all weights that produce a unit as one filter", () => {
    expect(scores([[0], [3]], [[0], [4]])).toEqual([5, 5]);
  });

  it("agrees with brute force over all pairs", () => {
    const row = fc.array(
      fc.integer({ min: -40, max: 40 }).map((n) => n / 4),
      { minLength: 3, maxLength: 3 },
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 7 }), (rows) => {
        const expected = rows.map((u) =>
          rows.reduce((sum, v) => sum + Math.hypot(...u.map((x, i) => x - (v[i] as number))), 0),
        );
        for (const [u, score] of scores(rows).entries()) expect(score).toBeCloseTo(expected[u] as number, 9);
      }),
      { numRuns: 200, seed: 4 },
    );
  });

  it("permutes its scores when the units are permuted", () => {
    const rows = [
      [1, 2],
      [0, -1],
      [5, 5],
      [2, 2],
    ];
    const order = [3, 1, 0, 2];
    const base = scores(rows);
    for (const [i, score] of scores(order.map((row) => rows[row] as number[])).entries())
      expect(score).toBeCloseTo(base[order[i] as number] as number, 12);
  });

  it("refuses weights that are no numbers, and groups nothing produces", () => {
    for (const [code, matrices] of [
      ["NONFINITE", [[[1], [Number.NaN]]]],
      ["NO_WEIGHTS", []],
    ] as const) {
      try {
        scores(...matrices);
        expect.unreachable();
      } catch (error) {
        expect(isEspalierError(error, code)).toBe(true);
      }
    }
  });
});
