// Channel permutation in a network: for every coupled group the order of its units in which 2:4 keeps the most of all
// layers that read the group. The order is applied on every axis of the group, so the layers before and the
// normalisations between follow, and the network computes what it did.

import { type Facts, isEspalierError } from "@espalier/ir";
import type { CoupledGroup } from "../groups/coupled-group.js";
import type { Factor } from "../groups/layout.js";
import type { Removal } from "../groups/positions.js";
import { type ReasonCode, refusal } from "../groups/refusal.js";
import { refusalEntry } from "../plan/refusals.js";
import type { RefusalEntry } from "../receipt/receipt.js";
import { channelSwap } from "./channel-swap.js";
import { columnMagnitudes, keptOf, type WeightRows } from "./column-magnitudes.js";
import { factorRows, type ReadingLayer } from "./factor-rows.js";
import type { PermutationSearch } from "./permutation-search.js";

export interface GroupOrder {
  readonly group: string;
  readonly width: number;
  /** At each place the unit that lies there; removed units keep theirs. */
  readonly order: Uint32Array;
  /** Σ|w| that 2:4 keeps in all layers that read the group. */
  readonly kept: { readonly before: number; readonly after: number };
}

export interface GroupOrders {
  readonly orders: readonly GroupOrder[];
  /** Groups whose units stay where they are, and why; those where no order is better are not among them. */
  readonly refused: readonly RefusalEntry[];
}

export interface PermuteOptions {
  /** The search for a matrix of this many rows and columns. Default: {@link searchFor}. */
  readonly search?: (rows: number, columns: number) => PermutationSearch;
}

/**
 * Searches an order for every group that a layer with the pattern reads.
 *
 * @param removal what is removed: removed units do not take part
 * @param layers the layers that will carry 2:4, with their weights after removal
 * @param facts of the network after removal
 */
export function permuteGroups(
  groups: readonly CoupledGroup[],
  removal: Removal,
  layers: readonly ReadingLayer[],
  facts: Facts,
  { search = searchFor }: PermuteOptions = {},
): GroupOrders {
  const orders: GroupOrder[] = [];
  const refused: RefusalEntry[] = [];
  for (const group of groups) {
    const order = Uint32Array.from({ length: group.width }, (_, unit) => unit);
    let [before, after] = [0, 0];
    for (const [factor, offset] of group.factors) {
      const found = orderOf(factor, removal, layers, facts, search);
      if ("code" in found) {
        refused.push(refusalEntry(refusal(found.code, null, found.detail), { group: group.id }));
        continue;
      }
      for (const [place, index] of found.order) order[offset + place] = offset + index;
      before += found.before;
      after += found.after;
    }
    if (after > before) orders.push({ group: group.id, width: group.width, order, kept: { before, after } });
  }
  return { orders, refused };
}

interface FactorOrder {
  /** Kept indices by the place where they come to lie. */
  readonly order: ReadonlyMap<number, number>;
  readonly before: number;
  readonly after: number;
}

const STAYS: FactorOrder = { order: new Map(), before: 0, after: 0 };

function orderOf(
  factor: Factor,
  removal: Removal,
  layers: readonly ReadingLayer[],
  facts: Facts,
  search: NonNullable<PermuteOptions["search"]>,
): FactorOrder | { readonly code: ReasonCode; readonly detail: string | null } {
  const removed = removal.get(factor);
  const kept = Array.from({ length: factor.size as number }, (_, i) => i).filter((i) => removed?.[i] !== 1);
  if (kept.length < 8) return STAYS;
  const rows = factorRows(factor, kept, removal, layers, facts);
  if ("unfit" in rows) return { code: "UNITS_SHARE_BLOCKS", detail: rows.unfit };
  if (rows.rows === 0) return STAYS;
  if (factor.ordered !== null) return { code: "ORDER_MATTERS", detail: factor.ordered.node };
  try {
    const permutation = search(rows.rows, rows.columns).search(sampled(rows)).permutation;
    const columns = columnMagnitudes(rows);
    const identity = kept.map((_, i) => i);
    const [before, after] = [keptOf(columns, identity), keptOf(columns, permutation)];
    if (!(after > before)) return STAYS;
    const order = new Map(kept.map((place, i) => [place, kept[permutation[i] as number] as number]));
    return { order, before, after };
  } catch (error) {
    if (isEspalierError(error, "NONFINITE")) return { code: "NONFINITE", detail: null };
    throw error;
  }
}

/** Rows · columns², about what one pass over all swaps takes, up to which optima are left, and above which rows are left out. */
const ESCAPES_UP_TO = 2 ** 20;
const ROWS_UP_TO = 2 ** 26;
const ESCAPES = 20;

/**
 * Swaps, which leave local optima where a layer is small: by the gap they close there is little between the searches
 * (docs/n-m-sparsity.md), by their time there is.
 */
export function searchFor(rows: number, columns: number): PermutationSearch {
  return channelSwap({ escapes: rows * columns ** 2 <= ESCAPES_UP_TO ? ESCAPES : 0 });
}

/** Of more rows than a search takes in some seconds every k-th: what an order keeps is counted on all of them. */
function sampled({ values, rows, columns }: WeightRows): WeightRows {
  const every = Math.ceil((rows * columns ** 2) / ROWS_UP_TO);
  if (every <= 1) return { values, rows, columns };
  const count = Math.floor(rows / every);
  const some = new Float32Array(count * columns);
  for (let row = 0; row < count; row++) {
    const from = row * every * columns;
    some.set(values.subarray(from, from + columns), row * columns);
  }
  return { values: some, rows: count, columns };
}
