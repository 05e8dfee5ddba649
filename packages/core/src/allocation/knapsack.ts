// Widths under a budget: which width each group keeps so that the most importance stays and the network costs no
// more than it may. The cost of a layer is a product of two groups' widths, so groups are chosen jointly.

import type { Facts } from "@espalier/ir";
import type { CostModel, CostTerm } from "../cost/cost-model.js";
import { factsAt, keepUnits } from "../cost/widths.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import type { GroupAnalysis } from "../groups/find-groups.js";
import type { Factor } from "../groups/layout.js";
import { type Allocated, type Allocation, bestUnits, type ScoredGroup } from "./allocation.js";
import { type Choices, choicesOf } from "./choices.js";
import { paretoFront, roundedPoint, type TradeCurve, type TradePoint } from "./trade-curve.js";

const BISECTIONS = 40;
const SWEEPS = 12;
const POLISHES = 400;
/** Points of a trade curve. */
const PRICES = 25;
const FRACTIONS = 12;

export interface KnapsackOptions {
  readonly costs: CostModel;
  readonly analysis: GroupAnalysis;
  /** Facts of the dense network at the bound shape. */
  readonly facts: Facts;
  /** What the dense network costs, in the unit of `costs`: the budget is a fraction of it. */
  readonly dense: number;
  /** What a unit of a group weighs beside one of another. Default: all alike. */
  readonly weightOf?: (group: CoupledGroup) => number;
  /** No group loses more than this fraction of its units. Default: all but `minWidth`. */
  readonly maxRatio?: number;
  /** Told after each allocation how to get the curve that it lies on: that takes about as long again. */
  readonly onSolved?: (trade: () => TradeCurve) => void;
}

/**
 * Knapsack allocation: widths w on the stairs that maximise Σ kept importance subject to cost(w) ≤ (1 − R) · dense.
 *
 * Importance is each unit's score over its group's mean (as `global` does), times what a unit of that group weighs.
 * The problem is solved by Lagrangian relaxation, minimising lost importance + λ · cost one group at a time
 * with the others' widths as they are, bisecting λ; then single steps are given back, and traded between two
 * groups, as long as that keeps more. Beside it stands the uniform solution on the same stairs, polished alike: the
 * better one is taken.
 *
 * Source: HALP, Shen et al. 2022, "Structural Pruning via Latency-Saliency Knapsack", arXiv:2210.06659, §3: a knapsack
 * over units grouped by the latency step. Differs: costs are not linearised around the dense network.
 */
export function knapsack(options: KnapsackOptions): Allocation {
  return {
    name: "knapsack",
    allocate: (groups, { ratio, step, minWidth }) => {
      const search = new Search(groups, { ...options, step, minWidth });
      const chosen = search.solve((1 - ratio) * options.dense);
      options.onSolved?.(() => ({ unit: options.costs.unit, ...search.trade(chosen) }));
      return groups.map(({ group, scores }, g): Allocated => {
        const width = chosen[g] as number;
        return { group, asked: width, keep: bestUnits(scores, width) };
      });
    },
  };
}

/** Lowest cost that widths on these stairs can reach, in the unit of the cost model. */
export function lowestCost(
  groups: readonly ScoredGroup[],
  options: KnapsackOptions & { readonly step: number; readonly minWidth: number },
): number {
  return new Search(groups, options).lowest();
}

class Search {
  readonly #groups: readonly ScoredGroup[];
  readonly #choices: readonly Choices[];
  readonly #terms: readonly CostTerm[];
  /** Indices of the terms that each group touches. */
  readonly #touched: readonly (readonly number[])[];
  readonly #kept = new Map<Factor, number>();
  readonly #facts: Facts;
  /** The cost of the whole from the sum of its terms. */
  readonly #whole: (sum: number) => number;
  /** Index into each group's widths. */
  #at: number[];
  #values: number[];
  #cost = 0;
  readonly #keep: (readonly number[])[][];

  constructor(
    groups: readonly ScoredGroup[],
    options: KnapsackOptions & { readonly step: number; readonly minWidth: number },
  ) {
    this.#groups = groups;
    this.#choices = groups.map((group) => choicesOf(group, options));
    this.#terms = options.costs.terms;
    this.#whole = options.costs.whole ?? ((sum) => sum);
    this.#facts = factsAt(options.facts, options.analysis, this.#kept);
    this.#touched = groups.map(({ group }) =>
      [...this.#terms.keys()].filter((t) => this.#terms[t]?.groups.includes(group.id)),
    );
    this.#keep = groups.map(() => []);
    this.#at = this.#choices.map(({ widths }) => widths.length - 1);
    this.#values = [];
    this.#moveTo(this.#at);
  }

  lowest(): number {
    this.#moveTo(this.#choices.map(() => 0));
    return this.#cost;
  }

  /** Widths that keep the most importance within `budget`; the narrowest of all where nothing else fits. */
  solve(budget: number): number[] {
    const dense = this.#choices.map(({ widths }) => widths.length - 1);
    this.#moveTo(dense);
    if (this.#cost <= budget) return this.#widths(dense);
    const starts = [this.#relaxed(budget), this.#uniform(budget)];
    let best: number[] | null = null;
    for (const start of starts) {
      if (start === null) continue;
      this.#moveTo(start);
      this.#polish(budget);
      const found = [...this.#at];
      if (best === null || this.#importance(found) > this.#importance(best) + 1e-9) best = found;
    }
    return this.#widths(best ?? this.#choices.map(() => 0));
  }

  /** Other solutions beside `widths`: at other prices of cost, and with the same share of every group. */
  trade(widths: readonly number[]): Omit<TradeCurve, "unit"> {
    const dense = this.#choices.map((choice) => choice.widths.length - 1);
    const all = this.#importance(dense);
    const point = (at: readonly number[]): TradePoint => {
      this.#moveTo(at);
      return roundedPoint({ cost: this.#whole(this.#cost), importance: this.#importance(at) / all });
    };
    const chosen = point(this.#choices.map((choice, g) => choice.widths.indexOf(widths[g] as number)));
    const best = [chosen, point(this.#choices.map(() => 0)), point(dense)];
    const scale = all / Math.max(this.#cost, 1e-12);
    for (let i = 0; i < PRICES; i++) {
      this.#descend(scale * 10 ** ((4 * i) / (PRICES - 1) - 2)); // from the price before it: dearer, so narrower
      best.push(point([...this.#at]));
    }
    const fractions = Array.from({ length: FRACTIONS }, (_, i) => (i + 1) / FRACTIONS);
    const uniform = fractions.map((fraction) => point(this.#sameShare(fraction)));
    return { best: paretoFront(best), uniform: paretoFront(uniform), chosen };
  }

  /** The best solution within the budget over all prices λ of cost. */
  #relaxed(budget: number): number[] | null {
    this.#moveTo(this.#choices.map(({ widths }) => widths.length - 1));
    // λ at which one unit of importance is worth the whole cost, and far on both sides.
    const scale = this.#importance(this.#at) / Math.max(this.#cost, 1e-12);
    let [low, high] = [Math.log(scale * 1e-4), Math.log(scale * 1e4)];
    let best: number[] | null = null;
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = (low + high) / 2;
      this.#descend(Math.exp(middle));
      if (this.#cost <= budget) {
        if (best === null || this.#importance(this.#at) > this.#importance(best)) best = [...this.#at];
        high = middle;
      } else low = middle;
    }
    return best;
  }

  /** One group after the other takes the width that is best while the others stand still. */
  #descend(lambda: number): void {
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      let moved = false;
      for (const [g, { widths, kept }] of this.#choices.entries()) {
        const from = this.#at[g] as number;
        let best = from;
        let bestValue = (kept[from] as number) - lambda * this.#cost;
        for (let k = 0; k < widths.length; k++) {
          if (k === from) continue;
          const value = (kept[k] as number) - lambda * (this.#cost + this.#change(g, k));
          if (value > bestValue + 1e-12) [best, bestValue] = [k, value];
        }
        if (best === from) continue;
        this.#set(g, best);
        moved = true;
      }
      if (!moved) break;
    }
  }

  /** Every group at the same fraction, the largest that fits. */
  #uniform(budget: number): number[] | null {
    let [low, high] = [0, 1];
    let best: number[] | null = null;
    for (let i = 0; i < 24; i++) {
      const middle = (low + high) / 2;
      this.#moveTo(this.#sameShare(middle));
      if (this.#cost <= budget) {
        best = [...this.#at];
        low = middle;
      } else high = middle;
    }
    return best;
  }

  #sameShare(fraction: number): number[] {
    return this.#choices.map(({ widths }) => {
      const wanted = fraction * (widths.at(-1) as number);
      const k = widths.findIndex((width) => width >= wanted - 1e-9);
      return k < 0 ? widths.length - 1 : k;
    });
  }

  /** Gives single steps back, then trades them, while more importance stays and the budget holds. */
  #polish(budget: number): void {
    for (let i = 0; i < POLISHES; i++) if (!this.#giveBack(budget) && !this.#trade(budget)) return;
  }

  #giveBack(budget: number): boolean {
    let best: { g: number; gain: number } | null = null;
    for (const [g, choice] of this.#choices.entries()) {
      const k = this.#at[g] as number;
      if (k + 1 >= choice.widths.length) continue;
      const cost = this.#change(g, k + 1);
      if (this.#cost + cost > budget) continue;
      const gained = (choice.kept[k + 1] as number) - (choice.kept[k] as number);
      const gain = gained / Math.max(cost, 1e-12);
      if (gained > 1e-12 && (best === null || gain > best.gain)) best = { g, gain };
    }
    if (best === null) return false;
    this.#set(best.g, (this.#at[best.g] as number) + 1);
    return true;
  }

  #trade(budget: number): boolean {
    let best: { up: number; down: number; gain: number } | null = null;
    for (const [up, grown] of this.#choices.entries()) {
      const k = this.#at[up] as number;
      if (k + 1 >= grown.widths.length) continue;
      const gained = (grown.kept[k + 1] as number) - (grown.kept[k] as number);
      this.#set(up, k + 1);
      for (const [down, shrunk] of this.#choices.entries()) {
        const j = this.#at[down] as number;
        if (down === up || j === 0) continue;
        const gain = gained - ((shrunk.kept[j] as number) - (shrunk.kept[j - 1] as number));
        if (gain <= (best?.gain ?? 1e-9) || this.#cost + this.#change(down, j - 1) > budget) continue;
        best = { up, down, gain };
      }
      this.#set(up, k);
    }
    if (best === null) return false;
    this.#set(best.up, (this.#at[best.up] as number) + 1);
    this.#set(best.down, (this.#at[best.down] as number) - 1);
    return true;
  }

  #importance(at: readonly number[]): number {
    return this.#choices.reduce((sum, { kept }, g) => sum + (kept[at[g] as number] as number), 0);
  }

  #widths(at: readonly number[]): number[] {
    return this.#choices.map(({ widths }, g) => widths[at[g] as number] as number);
  }

  #moveTo(at: readonly number[]): void {
    this.#at = [...at];
    for (const g of this.#groups.keys()) this.#write(g, at[g] as number);
    this.#values = this.#terms.map((term) => term.at(this.#facts));
    this.#cost = this.#values.reduce((sum, value) => sum + value, 0);
  }

  #set(g: number, k: number): void {
    this.#at[g] = k;
    this.#write(g, k);
    for (const t of this.#touched[g] as readonly number[])
      this.#values[t] = this.#terms[t]?.at(this.#facts) as number;
    this.#cost = this.#values.reduce((sum, value) => sum + value, 0);
  }

  /** By how much the cost would change. */
  #change(g: number, k: number): number {
    this.#write(g, k);
    let change = 0;
    for (const t of this.#touched[g] as readonly number[])
      change += (this.#terms[t]?.at(this.#facts) as number) - (this.#values[t] as number);
    this.#write(g, this.#at[g] as number);
    return change;
  }

  #write(g: number, k: number): void {
    const { group } = this.#groups[g] as ScoredGroup;
    const choice = this.#choices[g] as Choices;
    const known = this.#keep[g] as (readonly number[])[];
    known[k] ??= bestUnits(choice.scores, choice.widths[k] as number);
    keepUnits(group, known[k], this.#kept);
  }
}
