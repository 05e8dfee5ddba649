// Greedy swaps of two channels.

import { type Climber, climbWithEscapes } from "./bounded-escape.js";
import { type ColumnMagnitudes, keptOf } from "./column-magnitudes.js";
import { columnSums, keptWithEach } from "./kept-with-each.js";
import { checkCount, LEAST_GAIN, type PermutationSearch, permutationSearch } from "./permutation-search.js";

export interface ChannelSwapOptions {
  /** How often a local optimum is left. @default 0 */
  readonly escapes?: number;
  /** For the escapes. @default 0 */
  readonly seed?: number;
}

/**
 * Swaps the two columns that gain the most, until no swap gains anything.
 *
 * Time: rows · columns² once, rows · 8 · columns for each swap.
 *
 * Source: Pool and Yu 2021, §4 (after TETRIS, Ji et al. 2018).
 *
 * @throws EspalierError `INVALID_OPTION`
 */
export function channelSwap({ escapes = 0, seed = 0 }: ChannelSwapOptions = {}): PermutationSearch {
  checkCount("escapes", escapes);
  return permutationSearch(escapes === 0 ? "channel-swap" : `channel-swap-${escapes}`, (columns) =>
    climbWithEscapes(new SwapClimber(columns), escapes, seed),
  );
}

class SwapClimber implements Climber {
  readonly order: Uint32Array;
  readonly #columns: ColumnMagnitudes;
  readonly #sums: Float64Array;
  readonly #leastGain: number;
  /** [place, column]: what the stripe of the place keeps when that column lies there instead. */
  readonly #kept: Float64Array;
  #saved: readonly [order: Uint32Array, kept: Float64Array] | null = null;

  constructor(columns: ColumnMagnitudes) {
    this.#columns = columns;
    this.#sums = columnSums(columns);
    this.order = Uint32Array.from({ length: columns.columns }, (_, i) => i);
    this.#leastGain = LEAST_GAIN * columns.magnitudes.reduce((sum, value) => sum + value, 0);
    this.#kept = new Float64Array(columns.columns ** 2);
    this.changed(Array.from({ length: columns.columns / 4 }, (_, stripe) => stripe));
  }

  climb(): number {
    for (let swap = this.#bestSwap(); swap !== null; swap = this.#bestSwap()) {
      const [a, b] = swap;
      [this.order[a], this.order[b]] = [this.order[b] as number, this.order[a] as number];
      this.changed([a >> 2, b >> 2]);
    }
    return keptOf(this.#columns, this.order);
  }

  changed(stripes: readonly number[]): void {
    const width = this.#columns.columns;
    for (const stripe of stripes) {
      const places = stripe * 4;
      const block = this.order.subarray(places, places + 4);
      const kept = this.#kept.subarray(places * width, (places + 4) * width);
      keptWithEach(this.#columns, this.#sums, block, kept);
    }
  }

  save(): void {
    this.#saved = [this.order.slice(), this.#kept.slice()];
  }

  restore(): void {
    if (this.#saved === null) return;
    this.order.set(this.#saved[0]);
    this.#kept.set(this.#saved[1]);
  }

  /** The places whose columns gain the most when swapped; null where none gains. */
  #bestSwap(): readonly [number, number] | null {
    const { order } = this;
    const kept = this.#kept;
    const width = order.length;
    let [best, first, second] = [this.#leastGain, -1, -1];
    for (let a = 0; a < width; a++) {
      const own = order[a] as number;
      const now = kept[a * width + own] as number;
      for (let b = (a | 3) + 1; b < width; b++) {
        const other = order[b] as number;
        const then = (kept[a * width + other] as number) + (kept[b * width + own] as number);
        const gain = then - now - (kept[b * width + other] as number);
        if (gain > best) [best, first, second] = [gain, a, b];
      }
    }
    return first < 0 ? null : [first, second];
  }
}
