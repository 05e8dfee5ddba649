// Where units are gated: multiplied with a number that is 1.

import { type CoupledGroup, type Links, unitOfPosition } from "@espalier/core";
import type { Node, Value } from "@espalier/ir";

/** One place where a unit passes. */
export interface GatePoint {
  readonly value: Value;
  /** Not the first: that is the batch. */
  readonly axis: number;
  /** For each position of the axis the unit it belongs to, −1 for none. */
  readonly unitOf: Int32Array;
  /** Who reads the gated value; null for everybody. */
  readonly consumers: readonly Node[] | null;
}

/** The gates of one set of units: unit u is gated at all points with one number. */
export interface Gate {
  readonly id: string;
  readonly width: number;
  readonly points: readonly GatePoint[];
}

/**
 * Gates on the units of a coupled group, at every edge over which they leave it: into the operators that mix them. What
 * goes on inside the group (a residual sum) is gated where it leaves. So closing a gate is what removing the unit does.
 */
export function gateOfGroup(group: CoupledGroup, links: Links): Gate {
  const inside = new Set(group.activations.map(({ value }) => value));
  const points = group.activations.flatMap(({ value, axis }): GatePoint[] => {
    const leaving = [...value.consumers].filter(
      (node) => !node.outputs.some((output) => output !== null && inside.has(output)),
    );
    const layout = links.table.of(value)?.[axis];
    if (leaving.length === 0 || layout === undefined) return [];
    return [{ value, axis, unitOf: unitOfPosition(layout, group.factors), consumers: leaving }];
  });
  return { id: group.id, width: group.width, points };
}
