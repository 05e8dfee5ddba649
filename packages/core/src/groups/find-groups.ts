// Coupled groups of a model: factors that occur on exactly the same axes form one group.

import type { Facts, Model, Value } from "@espalier/ir";
import { isStatic } from "@espalier/ir";
import type { HandlerRegistry } from "../ops/handler.js";
import type { CoupledGroup, DenseAxis, GroupMember } from "./coupled-group.js";
import { type Factor, factorsOf, isLive, type Layout, resolve } from "./layout.js";
import { type Links, linkAxes } from "./link.js";
import { isStored, type MemberRole } from "./link-context.js";
import { unitOfPosition } from "./positions.js";

export interface GroupAnalysis {
  readonly groups: readonly CoupledGroup[];
  /** Axes of weights that produce units and yet stay dense: none of their factors can shrink. */
  readonly dense: readonly DenseAxis[];
  readonly links: Links;
}

interface Occurrence {
  readonly value: Value;
  readonly axis: number;
  readonly constant: boolean;
}

/** Finds the coupled groups. Deterministic; does not change the model. */
export function findCoupledGroups(model: Model, facts: Facts, handlers: HandlerRegistry): GroupAnalysis {
  const links = linkAxes(model, facts, handlers);
  const occurrences = listOccurrences(links, facts);
  const signatures = new Map<string, Factor[]>();
  for (const [factor, places] of collectFactors(links, occurrences)) {
    const key = places.join(" ");
    const same = signatures.get(key);
    if (same === undefined) signatures.set(key, [factor]);
    else same.push(factor);
  }
  const groups = nameGroups(
    [...signatures].map(([key, factors]) => buildGroup(key, factors, occurrences, links)),
  );
  return { groups, dense: denseAxes(links, facts), links };
}

/** Every axis of every value: activations in topological order first, then constants. */
function listOccurrences(links: Links, facts: Facts): Occurrence[] {
  const computed = new Map(
    links.order.flatMap((node) => node.outputs).map((value, i) => [value, i] as const),
  );
  const rows = [...links.table.entries()].map(([value, axes]) => ({
    value,
    axes,
    constant: isStored(value, facts),
  }));
  const place = (row: (typeof rows)[number]): number =>
    row.constant ? 1e9 : (computed.get(row.value) ?? -1);
  return rows
    .map((row, i) => ({ row, i }))
    .sort((a, b) => place(a.row) - place(b.row) || a.i - b.i)
    .flatMap(({ row }) =>
      (row.axes ?? []).map((_, axis) => ({ value: row.value, axis, constant: row.constant })),
    );
}

/** Removable factors with the places they occur at: occurrence and position inside its products. */
function collectFactors(links: Links, occurrences: readonly Occurrence[]): Map<Factor, string[]> {
  const places = new Map<Factor, string[]>();
  const visit = (layout: Layout, place: string): void => {
    const resolved = resolve(layout);
    if (resolved.kind === "sum") for (const part of resolved.parts) visit(part, place);
    else if (resolved.kind === "product")
      for (const [i, part] of resolved.parts.entries()) visit(part, `${place}.${i}`);
    else if (resolved.frozen === null && isStatic(resolved.size)) {
      const list = places.get(resolved);
      if (list === undefined) places.set(resolved, [place]);
      else list.push(place);
    }
  };
  for (const [i, { value, axis }] of occurrences.entries())
    visit(links.table.of(value)?.[axis] as Layout, String(i));
  return places;
}

type Unnamed = Omit<CoupledGroup, "id"> & { readonly first: Occurrence };

function buildGroup(
  key: string,
  factors: readonly Factor[],
  occurrences: readonly Occurrence[],
  links: Links,
): Unnamed {
  const offsets = new Map<Factor, number>();
  let width = 0;
  for (const factor of factors) {
    offsets.set(factor, width);
    width += factor.size as number;
  }
  const places = [...new Set(key.split(" ").map((place) => Number.parseInt(place, 10)))].map(
    (i) => occurrences[i] as Occurrence,
  );
  const members = places
    .filter((place) => place.constant)
    .map(({ value, axis }): GroupMember => {
      const layout = links.table.of(value)?.[axis] as Layout;
      return { value, axis, role: roleOf(links, value, axis), unitOf: unitOfPosition(layout, offsets) };
    });
  const inexactReason = factors.map((factor) => factor.inexact).find((reason) => reason !== null) ?? null;
  return {
    width,
    kind: factors.map((factor) => factor.counts).find((kind) => kind !== null) ?? "channel",
    exact: inexactReason === null,
    inexactReason,
    members,
    activations: places.filter((place) => !place.constant).map(({ value, axis }) => ({ value, axis })),
    factors: offsets,
    first: places[0] as Occurrence,
  };
}

function roleOf(links: Links, value: Value, axis: number): MemberRole {
  return links.table.roles.get(value)?.get(axis) ?? "scales";
}

/** Ids by the first place; several groups of one axis are numbered in the order of their positions. */
function nameGroups(unnamed: readonly Unnamed[]): CoupledGroup[] {
  const base = ({ first }: Unnamed): string => `${first.value.name}#${first.axis}`;
  const count = new Map<string, number>();
  for (const group of unnamed) count.set(base(group), (count.get(base(group)) ?? 0) + 1);
  const next = new Map<string, number>();
  return unnamed.map((group) => {
    const { first: _, ...rest } = group;
    const name = base(group);
    const i = next.get(name) ?? 0;
    next.set(name, i + 1);
    return { id: count.get(name) === 1 ? name : `${name}.${i}`, ...rest };
  });
}

function denseAxes(links: Links, facts: Facts): DenseAxis[] {
  const dense: DenseAxis[] = [];
  for (const [value, roles] of links.table.roles) {
    if (!isStored(value, facts)) continue;
    for (const [axis, role] of roles) {
      if (role !== "produces") continue;
      const layout = links.table.of(value)?.[axis] as Layout;
      const [reason] = isLive(layout) ? [] : [...factorsOf(layout)].flatMap((factor) => factor.frozen ?? []);
      if (reason !== undefined && facts.shape(value)?.[axis] !== 1) dense.push({ value, axis, reason });
    }
  }
  return dense;
}
