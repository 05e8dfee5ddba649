// Where units are gated: multiplied with a number that is 1.

import {
  type CoupledGroup,
  defaultHandlers,
  type HandlerRegistry,
  type Links,
  unitOfPosition,
} from "@espalier/core";
import type { Facts, Node, Value } from "@espalier/ir";

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

export interface GateWorld {
  readonly links: Links;
  readonly facts: Facts;
  /** @default those of core */
  readonly handlers?: HandlerRegistry;
}

/**
 * Gates on the units of a coupled group, at every edge over which they leave it: into the operators that mix them with
 * others. What goes on inside the group (a residual sum, a depthwise convolution) is gated where it leaves. So closing a
 * gate is what removing the unit does.
 */
export function gateOfGroup(
  group: CoupledGroup,
  { links, facts, handlers = defaultHandlers() }: GateWorld,
): Gate {
  const inside = new Set(group.activations.map(({ value }) => value));
  const read = new Set(group.members.flatMap(({ role, value }) => (role === "consumes" ? [value] : [])));
  const leaves = (node: Node, value: Value, axis: number): boolean => {
    const handler = handlers.find(node);
    const mixing = handler?.mixing?.(handler.definition.view(node, facts), facts) ?? [];
    const mixes = mixing.some(({ input, axes }) => node.input(input) === value && axes.includes(axis));
    const among = (values: readonly (Value | null)[], set: ReadonlySet<Value>): boolean =>
      values.some((one) => one !== null && set.has(one));
    return mixes && (among(node.inputs, read) || !among(node.outputs, inside));
  };
  const points = group.activations.flatMap(({ value, axis }): GatePoint[] => {
    const leaving = [...value.consumers].filter((node) => leaves(node, value, axis));
    const layout = links.table.of(value)?.[axis];
    if (leaving.length === 0 || layout === undefined) return [];
    return [{ value, axis, unitOf: unitOfPosition(layout, group.factors), consumers: leaving }];
  });
  return { id: group.id, width: group.width, points };
}
