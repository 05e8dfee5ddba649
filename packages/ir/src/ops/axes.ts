// Axes as views give them: counted from the front, or null while the rank is not known.

import type { Node } from "../graph/node.js";
import type { Value } from "../graph/value.js";
import type { Facts } from "../shape/facts.js";
import { invalidNode } from "./attributes.js";

export function rankOf(facts: Facts, value: Value): number | null {
  return facts.shape(value)?.length ?? null;
}

/**
 * Counts a negative axis from the front.
 * @throws EspalierError `INVALID_NODE` when it lies outside the rank
 */
export function normalizeAxis(node: Node, axis: number, rank: number | null): number | null {
  if (rank === null) return axis < 0 ? null : axis;
  if (axis < -rank || axis >= rank) {
    throw invalidNode(node, `an axis from ${-rank} to ${rank - 1}`, String(axis));
  }
  return axis < 0 ? axis + rank : axis;
}

/** The same for a list; null when any of them is not known. */
export function normalizeAxes(node: Node, axes: readonly number[], rank: number | null): number[] | null {
  const result: number[] = [];
  for (const axis of axes) {
    const positive = normalizeAxis(node, axis, rank);
    if (positive === null) return null;
    result.push(positive);
  }
  return result;
}

/** 0, 1, … rank - 1; null for an unknown rank. */
export function allAxes(rank: number | null): number[] | null {
  return rank === null ? null : Array.from({ length: rank }, (_, i) => i);
}
