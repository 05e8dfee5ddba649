import { type Facts, GraphBuilder, inferFacts } from "@espalier/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CostModel } from "../cost/cost-model.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import { findCoupledGroups, type GroupAnalysis } from "../groups/find-groups.js";
import { Factor } from "../groups/layout.js";
import { defaultHandlers } from "../ops/all.js";
import type { ScoredGroup } from "./allocation.js";
import { knapsack, lowestCost } from "./knapsack.js";
import type { TradeCurve } from "./trade-curve.js";

/** Groups that occur nowhere: costs below ask for their widths by this graph's values. */
function problem(scores: readonly (readonly number[])[]): {
  groups: ScoredGroup[];
  analysis: GroupAnalysis;
  facts: Facts;
  widthOf: (facts: Facts, g: number) => number;
} {
  const net = new GraphBuilder();
  const values = scores.map((own, g) => net.input(`g${g}`, [1, own.length]));
  for (const value of values) net.output(net.op("Relu", [value]));
  const model = net.model();
  const facts = inferFacts(model);
  const analysis = findCoupledGroups(model, facts, defaultHandlers());
  const groups = scores.map((own, g): ScoredGroup => {
    const factor = new Factor(own.length);
    const value = values[g]!;
    analysis.links.table.define(value, [new Factor(1), factor]);
    return {
      group: { id: `g${g}`, width: own.length, factors: new Map([[factor, 0]]) } as unknown as CoupledGroup,
      scores: Float64Array.from(own),
    };
  });
  return { groups, analysis, facts, widthOf: (at, g) => at.shape(values[g]!)?.[1] as number };
}

/** Σ a·w_g·w_{g+1} + b·w_g: layers of a chain. */
function chainCosts(widthOf: (facts: Facts, g: number) => number, count: number): CostModel {
  return {
    unit: "MACs",
    terms: Array.from({ length: count }, (_, g) => ({
      groups: g + 1 < count ? [`g${g}`, `g${g + 1}`] : [`g${g}`],
      at: (facts: Facts) =>
        (g + 1 < count ? widthOf(facts, g) * widthOf(facts, g + 1) : 0) + 2 * widthOf(facts, g),
    })),
  };
}

const costOf = (widths: readonly number[]): number =>
  widths.reduce((sum, w, g) => sum + 2 * w + (g + 1 < widths.length ? w * widths[g + 1]! : 0), 0);

/** Kept importance of the best `width` units, over the mean of the group. */
const importanceOf = (own: readonly number[], width: number): number => {
  const mean = own.reduce((sum, score) => sum + score, 0) / own.length;
  return [...own]
    .sort((a, b) => b - a)
    .slice(0, width)
    .reduce((sum, score) => sum + score / mean, 0);
};

const stairsOf = (width: number, step: number): number[] => {
  const stairs = [];
  for (let w = step; w < width; w += step) stairs.push(w);
  return [...stairs, width];
};

function* combinations(choices: readonly (readonly number[])[]): Generator<number[]> {
  const [first, ...rest] = choices;
  if (first === undefined) yield [];
  else for (const head of first) for (const tail of combinations(rest)) yield [head, ...tail];
}

describe("knapsack", () => {
  it("takes from the group whose units cost much and mean little", () => {
    const scores = [
      [9, 9, 9, 9],
      [1, 9, 1, 9],
    ];
    const { groups, analysis, facts, widthOf } = problem(scores);
    const costs = chainCosts(widthOf, 2);
    const allocated = knapsack({ costs, analysis, facts, dense: costOf([4, 4]) }).allocate(groups, {
      ratio: 0.35,
      step: 1,
      minWidth: 1,
    });
    expect(allocated.map(({ keep }) => keep)).toEqual([
      [0, 1, 2, 3],
      [1, 3],
    ]);
  });

  it("keeps everything when the budget allows it, and the narrowest when nothing fits", () => {
    const { groups, analysis, facts, widthOf } = problem([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
    const options = { costs: chainCosts(widthOf, 2), analysis, facts, dense: costOf([4, 4]) };
    const widths = (ratio: number) =>
      knapsack(options)
        .allocate(groups, { ratio, step: 2, minWidth: 1 })
        .map(({ keep }) => keep.length);
    expect(widths(0)).toEqual([4, 4]);
    expect(widths(0.99)).toEqual([2, 2]);
    expect(lowestCost(groups, { ...options, step: 2, minWidth: 1 })).toBe(costOf([2, 2]));
  });

  it("never goes below minWidth nor removes more than maxRatio", () => {
    const { groups, analysis, facts, widthOf } = problem([
      [1, 1, 1, 1, 1, 1, 1, 1],
      [1, 1, 1, 1, 1, 1, 1, 1],
    ]);
    const options = { costs: chainCosts(widthOf, 2), analysis, facts, dense: costOf([8, 8]) };
    const widths = (more: object, minWidth: number) =>
      knapsack({ ...options, ...more })
        .allocate(groups, { ratio: 0.95, step: 1, minWidth })
        .map(({ keep }) => keep.length);
    expect(widths({}, 3)).toEqual([3, 3]);
    expect(widths({ maxRatio: 0.25 }, 1)).toEqual([6, 6]);
  });

  it("stays within the budget and within one step of the best of all combinations", () => {
    const score = fc.integer({ min: 1, max: 100 });
    const group = fc.array(score, { minLength: 2, maxLength: 7 });
    fc.assert(
      fc.property(
        fc.array(group, { minLength: 2, maxLength: 4 }),
        fc.double({ min: 0.1, max: 0.8, noNaN: true }),
        fc.integer({ min: 1, max: 3 }),
        (scores, ratio, step) => {
          const { groups, analysis, facts, widthOf } = problem(scores);
          const dense = costOf(scores.map((own) => own.length));
          const costs = chainCosts(widthOf, scores.length);
          const chosen = knapsack({ costs, analysis, facts, dense })
            .allocate(groups, { ratio, step, minWidth: 1 })
            .map(({ keep }) => keep.length);
          const choices = scores.map((own) => stairsOf(own.length, step));
          const budget = (1 - ratio) * dense;
          const value = (widths: readonly number[]): number =>
            scores.reduce((sum, own, g) => sum + importanceOf(own, widths[g]!), 0);
          let best = -1;
          for (const widths of combinations(choices))
            if (costOf(widths) <= budget) best = Math.max(best, value(widths));
          if (best < 0) {
            expect(chosen).toEqual(choices.map(([least]) => least));
            return;
          }
          expect(costOf(chosen)).toBeLessThanOrEqual(budget);
          const largestStep = Math.max(
            ...scores.flatMap((own, g) =>
              choices[g]!.map((w, k) => importanceOf(own, w) - importanceOf(own, choices[g]![k - 1] ?? 0)),
            ),
          );
          expect(value(chosen)).toBeGreaterThanOrEqual(best - largestStep - 1e-9);
        },
      ),
      { seed: 11, numRuns: 150 },
    );
  });

  it("gives the curve that its widths lie on: every point is a choice of widths, none beaten by another", () => {
    const group = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(group, { minLength: 2, maxLength: 3 }),
        fc.double({ min: 0.1, max: 0.8, noNaN: true }),
        fc.integer({ min: 1, max: 2 }),
        (scores, ratio, step) => {
          const { groups, analysis, facts, widthOf } = problem(scores);
          const widths = scores.map((own) => own.length);
          const dense = costOf(widths);
          let curve: (() => TradeCurve) | null = null;
          const options = { costs: chainCosts(widthOf, scores.length), analysis, facts, dense };
          const onSolved = (trade: () => TradeCurve) => {
            curve = trade;
          };
          const allocated = knapsack({ ...options, onSolved }).allocate(groups, { ratio, step, minWidth: 1 });
          const { best, uniform, chosen, unit } = (curve as unknown as () => TradeCurve)();
          expect(unit).toBe("MACs");

          const value = (at: readonly number[]): number =>
            scores.reduce((sum, own, g) => sum + importanceOf(own, at[g]!), 0);
          const point = (at: readonly number[]) => ({
            cost: Number(costOf(at).toPrecision(6)),
            importance: Number((value(at) / value(widths)).toFixed(5)),
          });
          const text = ({ cost, importance }: { cost: number; importance: number }) =>
            `${cost} ${importance.toFixed(3)}`;
          const possible = new Set(
            [...combinations(scores.map((own) => stairsOf(own.length, step)))].map((at) => text(point(at))),
          );
          for (const one of [...best, ...uniform]) expect(possible).toContain(text(one));
          expect(text(chosen)).toBe(text(point(allocated.map(({ keep }) => keep.length))));
          expect(best.at(-1)).toEqual({ cost: dense, importance: 1 });
          for (const [i, one] of best.entries()) {
            if (i === 0) continue;
            expect(one.cost).toBeGreaterThan(best[i - 1]!.cost);
            expect(one.importance).toBeGreaterThan(best[i - 1]!.importance);
          }
          const fits = uniform.filter(({ cost }) => cost <= (1 - ratio) * dense);
          for (const { importance } of fits)
            expect(chosen.importance).toBeGreaterThanOrEqual(importance - 1e-5);
        },
      ),
      { numRuns: 60 },
    );
  });
});
