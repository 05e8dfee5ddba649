import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SensitivityCurve } from "../reconstruct/measure-sensitivity.js";
import { errorsByWidth, sensitivityWidths, type WidthCosts } from "./sensitivity.js";

const curve = (group: string, errors: readonly number[]): SensitivityCurve => ({
  group,
  width: errors.length,
  // errors[i] = error with i units gone; all measured.
  points: errors.map((error, gone) => ({ kept: errors.length - gone, error })),
  local: errors.map((_, gone) => gone / errors.length),
});

type Widths = ReadonlyMap<string, number>;

/** Costs from a plain function of all widths. */
function costsOf(cost: (widths: Widths) => number): WidthCosts {
  const widths = new Map<string, number>();
  return {
    get total() {
      return cost(widths);
    },
    with: (group, width) => cost(new Map(widths).set(group, width)),
    set: (group, width) => widths.set(group, width),
  };
}

/** 10 MACs a unit of "a", 1 of "b". */
const macs = (widths: Widths): number => 10 * (widths.get("a") ?? 4) + (widths.get("b") ?? 4);
const narrowest = { step: 1, minWidth: 1 };

describe("sensitivityWidths", () => {
  it("gives up what costs the least error per MAC saved", () => {
    const curves = [curve("a", [0, 1, 2, 8]), curve("b", [0, 0.01, 0.5, 9])];
    const widthsAt = (budget: number) => [
      ...sensitivityWidths(curves, costsOf(macs), 44 * budget, narrowest),
    ];
    // 44 MACs; prices a MAC: a 0.1, 0.1, 0.6; b 0.01, 0.49, 8.5
    expect(widthsAt(43 / 44)).toEqual([
      ["a", 4],
      ["b", 3],
    ]);
    expect(widthsAt(42 / 44)).toEqual([
      ["a", 3],
      ["b", 3],
    ]);
    expect(widthsAt(23 / 44)).toEqual([
      ["a", 2],
      ["b", 3],
    ]);
    expect(widthsAt(22 / 44)).toEqual([
      ["a", 2],
      ["b", 2],
    ]);
  });

  it("looks past a step that saves little to the cheap one behind it", () => {
    // The hull of a runs straight from 4 to 2 units: 0.5 a step, cheaper than b's 0.08 a MAC.
    const curves = [curve("a", [0, 0.9, 1, 8]), curve("b", [0, 0.08, 0.16, 0.3])];
    expect([...sensitivityWidths(curves, costsOf(macs), 40, narrowest)]).toEqual([
      ["a", 3],
      ["b", 4],
    ]);
  });

  it("keeps to the step and to the least width, and meets the budget where they allow it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 12 }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        fc.constantFrom(1, 2, 4),
        fc.constantFrom(1, 2),
        (errors, budget, step, minWidth) => {
          const curves = errors.map((list, i) => curve(`g${i}`, [0, ...list]));
          const total = (widths: Widths) =>
            curves.reduce((sum, { group, width }, i) => sum + (i + 1) * (widths.get(group) ?? width), 0);
          const widths = sensitivityWidths(curves, costsOf(total), budget * total(new Map()), {
            step,
            minWidth,
          });
          for (const { group, width } of curves) {
            const kept = widths.get(group) ?? 0;
            expect(kept === width || kept % step === 0 || kept === minWidth).toBe(true);
            expect(kept).toBeGreaterThanOrEqual(Math.min(width, minWidth));
          }
          const least = new Map(
            curves.map(({ group, width }) => [group, Math.min(width, Math.max(minWidth, step))]),
          );
          expect(total(widths)).toBeLessThanOrEqual(Math.max(budget * total(new Map()), total(least)) + 1e-9);
        },
      ),
    );
  });
});

describe("errorsByWidth", () => {
  it("follows the local error between measured points and beyond the last", () => {
    const errors = errorsByWidth({
      group: "g",
      width: 5,
      points: [
        { kept: 5, error: 0 },
        { kept: 3, error: 0.3 },
      ],
      local: [0, 0.1, 0.4, 0.6, 0.8],
    });
    // 4 units: a quarter of the way to 0.3; 2 units: 0.3 · 0.6/0.4; 1 unit: 0.3 · 0.8/0.4
    expect([...errors.slice(1)].map((error) => Number(error.toFixed(9)))).toEqual([0.6, 0.45, 0.3, 0.075, 0]);
  });
});
