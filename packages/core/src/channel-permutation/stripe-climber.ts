// The climb of the stripe-group search: the gain of every group is kept until one of its stripes changes.

import type { Climber } from "./bounded-escape.js";
import { type ColumnMagnitudes, keptOf, keptOfFour } from "./column-magnitudes.js";
import { type Distributions, distributions } from "./distributions.js";
import { LEAST_GAIN } from "./permutation-search.js";

export class StripeClimber implements Climber {
  readonly order: Uint32Array;
  readonly #columns: ColumnMagnitudes;
  readonly #groups: readonly (readonly number[])[];
  readonly #each: number;
  readonly #distributions: Distributions;
  readonly #leastGain: number;
  /** What each group gains at best, and by which of the distributions. */
  readonly #gains: Float64Array;
  readonly #ways: Uint16Array;
  #saved: readonly [order: Uint32Array, gains: Float64Array, ways: Uint16Array] | null = null;

  /**
   * @param start the order that is climbed from
   * @param groups sets of stripes, `each` of them in one
   */
  constructor(
    columns: ColumnMagnitudes,
    start: Uint32Array,
    groups: readonly (readonly number[])[],
    each: number,
  ) {
    this.#columns = columns;
    this.#groups = groups;
    this.#each = each;
    this.order = start.slice();
    this.#distributions = distributions(each);
    this.#leastGain = LEAST_GAIN * columns.magnitudes.reduce((sum, value) => sum + value, 0);
    this.#gains = new Float64Array(groups.length);
    this.#ways = new Uint16Array(groups.length);
    for (let group = 0; group < groups.length; group++) this.#look(group);
  }

  climb(): number {
    for (;;) {
      let [best, group] = [this.#leastGain, -1];
      for (const [i, gain] of this.#gains.entries()) if (gain > best) [best, group] = [gain, i];
      if (group < 0) return keptOf(this.#columns, this.order);
      this.#apply(group);
    }
  }

  changed(stripes: readonly number[]): void {
    for (const [i, group] of this.#groups.entries())
      if (group.some((stripe) => stripes.includes(stripe))) this.#look(i);
  }

  save(): void {
    this.#saved = [this.order.slice(), this.#gains.slice(), this.#ways.slice()];
  }

  restore(): void {
    if (this.#saved === null) return;
    this.order.set(this.#saved[0]);
    this.#gains.set(this.#saved[1]);
    this.#ways.set(this.#saved[2]);
  }

  /** Finds the best distribution of a group. */
  #look(group: number): void {
    const { sets, ways } = this.#distributions;
    const columns = this.#columnsOf(group);
    const kept = new Float64Array(sets.length / 4);
    for (let set = 0; set < kept.length; set++) {
      const [a, b, c, d] = [sets[set * 4], sets[set * 4 + 1], sets[set * 4 + 2], sets[set * 4 + 3]];
      kept[set] = keptOfFour(
        this.#columns,
        columns[a as number] as number,
        columns[b as number] as number,
        columns[c as number] as number,
        columns[d as number] as number,
      );
    }
    let [best, way, now] = [-1, 0, 0];
    for (let start = 0; start < ways.length; start += this.#each) {
      let sum = 0;
      for (let i = start; i < start + this.#each; i++) sum += kept[ways[i] as number] as number;
      if (start === 0) now = sum;
      if (sum > best) [best, way] = [sum, start / this.#each];
    }
    this.#gains[group] = best - now;
    this.#ways[group] = way;
  }

  #apply(group: number): void {
    const { sets, ways } = this.#distributions;
    const columns = this.#columnsOf(group);
    const stripes = this.#groups[group] as readonly number[];
    const way = (this.#ways[group] as number) * this.#each;
    for (const [i, stripe] of stripes.entries()) {
      const set = (ways[way + i] as number) * 4;
      for (let k = 0; k < 4; k++) this.order[stripe * 4 + k] = columns[sets[set + k] as number] as number;
    }
    this.changed(stripes);
  }

  #columnsOf(group: number): number[] {
    return (this.#groups[group] as readonly number[]).flatMap((stripe) => [
      ...this.order.subarray(stripe * 4, stripe * 4 + 4),
    ]);
  }
}
