// What a contraction should give so that the sum it goes into comes out right.
//
// In a residual block the shortcut of the pruned network already differs from the dense one, s' ≠ s. The branch
// can make up for it: with u = a·y + c the (batch-normalised) branch, s' + u' = s + u asks for
//
//   y' = y + (s − s') / a
//
// Source: He et al. 2017, arXiv:1707.06168, §3.3 ("last layer of residual branch").

import { equalDims, type Facts, type Node, readFloats, type Value } from "@espalier/ir";
import type { HandlerRegistry } from "../ops/handler.js";

export interface Shortcut {
  /** The other operand of the sum. */
  readonly other: Value;
  /** 1/a per channel; 0 where the branch has no influence. */
  readonly inverseSlope: Float64Array;
}

/** The sum that `y` alone leads to, through at most one batch normalisation; null when there is none. */
export function shortcutOf(
  y: Value,
  channels: number,
  facts: Facts,
  handlers: HandlerRegistry,
): Shortcut | null {
  const inverseSlope = new Float64Array(channels).fill(1);
  let branch = y;
  let reader = onlyReader(branch);
  if (reader === null) return null;
  const normalising = handlers.find(reader);
  const statistics = normalising?.runningStatistics?.(normalising.definition.view(reader, facts), facts);
  if (statistics != null && statistics.x === branch) {
    const [scale, variance] = [facts.constant(statistics.scale), facts.constant(statistics.variance)];
    if (scale === null || variance === null) return null;
    const [gains, variances] = [readFloats(scale), readFloats(variance)];
    for (let c = 0; c < channels; c++) {
      const slope = (gains[c] as number) / Math.sqrt((variances[c] as number) + statistics.epsilon);
      inverseSlope[c] = Math.abs(slope) > LEAST_SLOPE ? 1 / slope : 0;
    }
    branch = statistics.y;
    reader = onlyReader(branch);
  }
  if (reader === null) return null;
  const handler = handlers.find(reader);
  const addends = handler?.addends?.(handler.definition.view(reader, facts)) ?? [];
  const other = addends.length === 2 ? addends.find((operand) => operand !== branch) : undefined;
  if (other === undefined || facts.constant(other) !== null) return null;
  const [own, theirs] = [facts.shape(branch), facts.shape(other)];
  if (own === null || theirs === null || own.length !== theirs.length) return null;
  const same = own.every((dim, axis) => theirs[axis] !== undefined && equalDims(dim, theirs[axis]));
  return same ? { other, inverseSlope } : null;
}

/** Below this a channel of the branch hardly reaches the sum, and asking it to correct anything blows it up. */
const LEAST_SLOPE = 1e-3;

function onlyReader(value: Value): Node | null {
  const [reader, ...others] = value.consumers;
  return reader !== undefined && others.length === 0 ? reader : null;
}
