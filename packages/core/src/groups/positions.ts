// From units of groups to positions of axes.

import { isStatic } from "@espalier/ir";
import { type Factor, type Layout, resolve, sizeOf } from "./layout.js";

/** Removed indices per factor; factors that are absent lose nothing. */
export type Removal = ReadonlyMap<Factor, Uint8Array>;

/**
 * Which positions of an axis go: 1 = removed.
 * @returns null when the axis keeps all of them
 */
export function removedPositions(layout: Layout, removal: Removal): Uint8Array | null {
  const resolved = resolve(layout);
  if (resolved.kind === "factor") return removal.get(resolved) ?? null;
  const parts = resolved.parts.map((part) => removedPositions(part, removal));
  if (parts.every((part) => part === null)) return null;
  const sizes = resolved.parts.map(staticSize);
  const out = new Uint8Array(staticSize(resolved));
  if (resolved.kind === "sum") {
    let start = 0;
    for (const [i, part] of parts.entries()) {
      if (part !== null) out.set(part, start);
      start += sizes[i] as number;
    }
    return out;
  }
  let stride = out.length;
  for (const [i, part] of parts.entries()) {
    const size = sizes[i] as number;
    stride /= size;
    if (part === null) continue;
    for (let p = 0; p < out.length; p++) if (part[Math.floor(p / stride) % size]) out[p] = 1;
  }
  return out;
}

/**
 * For each position of an axis the unit of the group it belongs to, −1 for none. A position that several
 * factors of one group share belongs to the first.
 */
export function unitOfPosition(layout: Layout, offsets: ReadonlyMap<Factor, number>): Int32Array {
  const resolved = resolve(layout);
  const size = staticSize(resolved);
  const out = new Int32Array(size).fill(-1);
  if (resolved.kind === "factor") {
    const offset = offsets.get(resolved);
    if (offset !== undefined) for (let p = 0; p < size; p++) out[p] = offset + p;
    return out;
  }
  const parts = resolved.parts.map((part) => unitOfPosition(part, offsets));
  if (resolved.kind === "sum") {
    let start = 0;
    for (const part of parts) {
      out.set(part, start);
      start += part.length;
    }
    return out;
  }
  let stride = size;
  for (const part of parts) {
    stride /= part.length;
    for (let p = 0; p < size; p++) {
      const unit = part[Math.floor(p / stride) % part.length] as number;
      if (out[p] === -1 && unit !== -1) out[p] = unit;
    }
  }
  return out;
}

/** True when some factor of the layout is among `factors`. */
export function touches(
  layout: Layout,
  factors: ReadonlySet<Factor> | ReadonlyMap<Factor, unknown>,
): boolean {
  const resolved = resolve(layout);
  return resolved.kind === "factor"
    ? factors.has(resolved)
    : resolved.parts.some((part) => touches(part, factors));
}

/** Product of symbolic sizes never meets live factors here; an unknown size is an internal mistake. */
function staticSize(layout: Layout): number {
  const size = sizeOf(layout);
  if (!isStatic(size)) throw new Error("a live axis has a symbolic size");
  return size;
}
