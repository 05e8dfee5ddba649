// In which order the positions of an axis lie once the indices of its factors have changed places. Every axis of a
// factor follows the same order, so what a network computes stays the same.

import { isStatic } from "@espalier/ir";
import { type Factor, type Layout, resolve, sizeOf } from "./layout.js";
import { type Removal, removedPositions } from "./positions.js";

/** For factors whose indices change places: which index lies at each place. Absent factors stay as they are. */
export type Orders = ReadonlyMap<Factor, Uint32Array>;

/** Which indices of factors go, and in which order the others lie. */
export interface Arrangement {
  readonly removal: Removal;
  readonly orders: Orders;
}

/**
 * The original position at each place of an axis, nothing removed yet.
 * @returns null where all stay in their places
 */
export function orderedPositions(layout: Layout, orders: Orders): Uint32Array | null {
  const resolved = resolve(layout);
  if (resolved.kind === "factor") return orders.get(resolved) ?? null;
  const parts = resolved.parts.map((part) => orderedPositions(part, orders));
  if (parts.every((part) => part === null)) return null;
  const sizes = resolved.parts.map(staticSize);
  return resolved.kind === "sum" ? joined(parts, sizes) : crossed(parts, sizes);
}

/**
 * The original positions that an axis keeps, in the order in which they then lie.
 * @returns null where all stay, in their places
 */
export function arrangedPositions(layout: Layout, { removal, orders }: Arrangement): number[] | null {
  const removed = removedPositions(layout, removal);
  const ordered = orderedPositions(layout, orders);
  if (removed === null) return ordered === null ? null : [...ordered];
  const places = ordered ?? removed.keys();
  return [...places].filter((position) => removed[position] === 0);
}

function joined(parts: readonly (Uint32Array | null)[], sizes: readonly number[]): Uint32Array {
  const out = new Uint32Array(sizes.reduce((sum, size) => sum + size, 0));
  let start = 0;
  for (const [i, size] of sizes.entries()) {
    for (let p = 0; p < size; p++) out[start + p] = start + (parts[i]?.[p] ?? p);
    start += size;
  }
  return out;
}

/** Row-major: every factor index is looked up on its own. */
function crossed(parts: readonly (Uint32Array | null)[], sizes: readonly number[]): Uint32Array {
  const out = new Uint32Array(sizes.reduce((product, size) => product * size, 1));
  let stride = out.length;
  for (const [i, size] of sizes.entries()) {
    stride /= size;
    for (let p = 0; p < out.length; p++) {
      const place = Math.floor(p / stride) % size;
      out[p] = (out[p] as number) + (parts[i]?.[place] ?? place) * stride;
    }
  }
  return out;
}

/** An axis whose factors change places has a known size; another is an internal mistake. */
function staticSize(layout: Layout): number {
  const size = sizeOf(layout);
  if (!isStatic(size)) throw new Error("an axis that is arranged has a symbolic size");
  return size;
}
