import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CoupledGroup } from "../groups/coupled-group.js";
import { type Allocation, bestUnits, roundWidth, type ScoredGroup } from "./allocation.js";
import { global, lamp } from "./global.js";
import { uniform } from "./uniform.js";

const group = (id: string, ...scores: number[]): ScoredGroup => ({
  group: { id, width: scores.length } as CoupledGroup,
  scores: Float64Array.from(scores),
});
const PLAIN = { step: 1, minWidth: 1 };
/** Kept width of one group of `width` equal units. */
const keptOf = (width: number, ratio: number, options: Partial<typeof PLAIN> = {}): number =>
  uniform().allocate([group("g", ...new Array<number>(width).fill(1))], { ...PLAIN, ...options, ratio })[0]
    ?.keep.length ?? 0;
const keeps = (
  allocation: Allocation,
  groups: readonly ScoredGroup[],
  ratio: number,
  options: Partial<typeof PLAIN> = {},
): (readonly number[])[] =>
  allocation.allocate(groups, { ...PLAIN, ...options, ratio }).map(({ keep }) => keep);

describe("uniform", () => {
  it("keeps ⌊C·(1 − R)⌋ units, taken exactly: 10·(1 − 0.3) is 7", () => {
    expect(keptOf(10, 0.3)).toBe(7);
    // 100·(1 − 0.29) is 70.99999999999999 in floating point.
    expect(keptOf(100, 0.29)).toBe(71);
    expect(keptOf(16, 0.1)).toBe(14);
    expect(keptOf(10, 0)).toBe(10);
    expect(keptOf(3, 0.5)).toBe(1);
  });

  it("agrees with whole-number arithmetic for every width and every percentage", () => {
    for (let width = 1; width <= 130; width++)
      for (let percent = 0; percent < 100; percent++) {
        const exact = Math.max(1, Math.floor((width * (100 - percent)) / 100));
        expect(keptOf(width, percent / 100), `${width} units at ${percent} %`).toBe(exact);
      }
  });

  it("rounds up to the step, and never above what there was", () => {
    expect(keptOf(64, 0.3, { step: 16 })).toBe(48);
    expect(keptOf(64, 0.25, { step: 16 })).toBe(48);
    expect(keptOf(20, 0.05, { step: 16 })).toBe(20);
  });

  it("keeps at least minWidth, and at least one", () => {
    expect(keptOf(10, 0.9, { minWidth: 4 })).toBe(4);
    expect(keptOf(3, 0.9, { minWidth: 4 })).toBe(3);
    expect(keptOf(3, 0.99)).toBe(1);
  });

  it("keeps the best units of each group, in their order", () => {
    expect(keeps(uniform(), [group("a", 1, 5, 3, 4), group("b", 0, 9)], 0.5)).toEqual([[1, 3], [1]]);
  });
});

describe("roundWidth", () => {
  it("is max(minWidth, ⌈asked / step⌉ · step), at most the width", () => {
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (asked, width, step, minWidth) => {
          const kept = roundWidth(asked, width, { ratio: 0, step, minWidth });
          expect(kept).toBeLessThanOrEqual(width);
          expect(kept).toBeGreaterThanOrEqual(Math.min(width, asked, 1));
          if (kept < width) expect(kept % step === 0 || kept === minWidth).toBe(true);
          if (kept < width) expect(kept).toBeGreaterThanOrEqual(Math.max(asked, minWidth));
        },
      ),
      { seed: 8 },
    );
  });
});

describe("bestUnits", () => {
  it("keeps the earlier of equal units", () => {
    expect(bestUnits(Float64Array.of(1, 2, 1, 2, 1), 3)).toEqual([0, 1, 3]);
    expect(bestUnits(Float64Array.of(1, 1, 1), 2)).toEqual([0, 1]);
    expect(bestUnits(Float64Array.of(1, 1), 0)).toEqual([]);
  });
});

describe("global", () => {
  it("removes the smallest scores of all groups together, relative to their group's mean", () => {
    // Relative to the means 2 and 20: ½ 1 1½ and ½ 1 1½. A tenth as large does not mean a tenth as important.
    const groups = [group("a", 1, 2, 3), group("b", 10, 20, 30)];
    expect(keeps(global(), groups, 2 / 6)).toEqual([
      [1, 2],
      [1, 2],
    ]);
    // Relative to the means 4 and 4: ¼ ¼ 2½ and ¾ 1 1¼.
    expect(keeps(global(), [group("a", 1, 1, 10), group("b", 3, 4, 5)], 2 / 6)).toEqual([[2], [0, 1, 2]]);
  });

  it("removes ⌊R · all⌋ units, taken exactly", () => {
    const groups = [group("a", 1, 2, 3, 4, 5), group("b", 1, 2, 3, 4, 5)];
    const left = (ratio: number) => keeps(global(), groups, ratio).flat().length;
    expect([left(0), left(0.3), left(0.35), left(0.7)]).toEqual([10, 7, 7, 3]);
  });

  it("never empties a group", () => {
    expect(keeps(global(), [group("a", 0, 0, 0), group("b", 1, 1, 1)], 0.5)).toEqual([[0], [0, 1, 2]]);
  });

  it("rounds each group's width and says what was asked", () => {
    const [a] = global().allocate([group("a", 1, 2, 3, 4, 5, 6, 7, 8)], { ratio: 0.4, step: 4, minWidth: 1 });
    expect(a).toMatchObject({ asked: 5, keep: [0, 1, 2, 3, 4, 5, 6, 7] });
  });
});

describe("lamp", () => {
  it("ranks by s² over the sum of all squares from s on: for 1, 2, 3 that is 1/14, 4/13, 1", () => {
    // Beside a group with 2, 3 (4/13 and 1): the order is 1/14, then 4/13 twice, then the two ones.
    const groups = [group("a", 1, 2, 3), group("b", 3, 2)];
    expect(keeps(lamp(), groups, 1 / 5)).toEqual([
      [1, 2],
      [0, 1],
    ]);
    expect(keeps(lamp(), groups, 3 / 5)).toEqual([[2], [0]]);
  });

  it("gives the best unit of every group the score 1, so none vanishes, however small its weights", () => {
    const groups = [group("a", 1e-9, 2e-9, 3e-9), group("b", 1e9, 2e9, 3e9), group("c", 5)];
    // 7 units, 4 of them not the best of their group.
    expect(keeps(lamp(), groups, 4 / 7)).toEqual([[2], [2], [0]]);
  });

  it("does not depend on the scale of a group", () => {
    const scaled = (factor: number) => [group("a", 1, 4, 2, 3).scores.map((s) => s * factor), [1, 1.5, 1.2]];
    const at = (factor: number) =>
      keeps(
        lamp(),
        scaled(factor).map((scores, i) => group(String(i), ...scores)),
        0.4,
      );
    expect(at(1e6)).toEqual(at(1));
  });
});

describe("units that are gone already", () => {
  // An iterative schedule scores them −1.
  it.each([
    ["uniform", uniform()],
    ["global", global()],
    ["lamp", lamp()],
  ])("never come back: %s", (_, allocation) => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 8 }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 9 }),
        fc.constantFrom(0.001, 1, 1000),
        (rows, first, more, scale) => {
          const ratio = first / 10;
          const groups = rows.map((row, i) => group(String(i), ...row.map((s) => s * scale)));
          const kept = keeps(allocation, groups, ratio);
          const again = groups.map(({ scores }, i) =>
            group(String(i), ...scores.map((s, u) => ((kept[i] ?? []).includes(u) ? s : -1))),
          );
          const next = keeps(allocation, again, Math.min(0.95, ratio + more / 10));
          for (const [i, units] of next.entries()) for (const unit of units) expect(kept[i]).toContain(unit);
        },
      ),
      { numRuns: 500, seed: 6 },
    );
  });
});
