// What a handler sees while axes are tied together: the layouts of the values at its node.

import { type Dim, type Facts, isFloating, isStatic, type Node, type Value } from "@espalier/ir";
import {
  Factor,
  type FactorKind,
  freeze,
  type Layout,
  label,
  markInexact,
  markOrdered,
  unit,
} from "./layout.js";
import { unify, unifyRowMajor } from "./refine.js";
import { type ReasonCode, type Refusal, refusal } from "./refusal.js";

/** How a constant takes part in a group. */
export type MemberRole =
  /** Its slices compute the units: filters, rows of a Gemm, embedding columns. */
  | "produces"
  /** Its slices read the units: the input channels of the next layer. */
  | "consumes"
  /** The factor γ of a batch normalisation: one number a unit that scales it. */
  | "gain"
  /** One number a unit otherwise: biases, statistics, slopes. */
  | "scales";

/** Thrown by a handler to say: everything at this node stays dense. */
export class Barrier {
  readonly code: ReasonCode;
  readonly detail: string | null;
  constructor(code: ReasonCode, detail: string | null = null) {
    this.code = code;
    this.detail = detail;
  }
}

/** Layouts of all values, and the roles constants play. */
export class AxisTable {
  readonly facts: Facts;
  readonly #axes = new Map<Value, readonly Layout[] | null>();
  readonly roles: Map<Value, Map<number, MemberRole>> = new Map();

  constructor(facts: Facts) {
    this.facts = facts;
  }

  /**
   * Layouts of a value's axes; null when its rank is unknown. Constants get free axes, other values that nothing
   * was said of immovable ones, for `reason`.
   */
  of(value: Value, reason: Refusal = refusal("SPATIAL")): readonly Layout[] | null {
    const known = this.#axes.get(value);
    if (known !== undefined) return known;
    const constant = isStored(value, this.facts) && !isShapeData(value, this.facts);
    const shape = this.facts.shape(value);
    const axes = shape?.map((size) => axisOf(size, constant ? null : reason)) ?? null;
    this.#axes.set(value, axes);
    return axes;
  }

  define(value: Value, axes: readonly Layout[] | null): void {
    this.#axes.set(value, axes);
  }

  isDefined(value: Value): boolean {
    return this.#axes.has(value);
  }

  entries(): IterableIterator<[Value, readonly Layout[] | null]> {
    return this.#axes.entries();
  }
}

/** True for constants whose bytes lie in the model: initialisers and outputs of Constant nodes. */
export function isStored(value: Value, facts: Facts): boolean {
  return facts.constant(value) !== null && (value.producer === null || value.producer.inputs.length === 0);
}

/** Vectors of integers are shapes, ranges and indices: data about axes, not weights along one. */
function isShapeData(value: Value, facts: Facts): boolean {
  const tensor = facts.constant(value);
  return tensor !== null && tensor.dims.length <= 1 && !isFloating(tensor.dataType);
}

/** A new axis; axes of size 1 can never lose anything. */
function axisOf(size: Dim, frozen: Refusal | null): Layout {
  if (size === 1) return unit();
  return new Factor(size, frozen ?? (isStatic(size) ? null : refusal("SYMBOLIC_DIMENSION")));
}

export class LinkContext {
  readonly node: Node;
  readonly facts: Facts;
  readonly #table: AxisTable;

  constructor(node: Node, table: AxisTable) {
    this.node = node;
    this.facts = table.facts;
    this.#table = table;
  }

  /** Layouts of all axes of a value; a barrier when its rank is unknown. */
  axes(value: Value): readonly Layout[] {
    const axes = this.#table.of(value);
    if (axes === null) throw new Barrier("UNKNOWN_SHAPE", `rank of "${value.name}"`);
    return axes;
  }

  /** Layout of one axis; a barrier when the value does not have it. */
  axis(value: Value, index: number): Layout {
    const axis = this.axes(value).at(index);
    if (axis === undefined) throw new Barrier("INVALID_NODE", `"${value.name}" has no axis ${index}`);
    return axis;
  }

  rank(value: Value): number {
    return this.axes(value).length;
  }

  /** Says what the axes of an output are. */
  define(value: Value | null, axes: readonly Layout[]): void {
    if (value !== null) this.#table.define(value, axes);
  }

  /** Two axes lose the same positions. */
  unify(a: Layout, b: Layout): void {
    unify(a, b, this.reason("RESHAPE_NOT_FACTORABLE"));
  }

  /** Two lists of axes hold the same elements in the same row-major order. */
  unifyRowMajor(a: readonly Layout[], b: readonly Layout[]): void {
    unifyRowMajor(a, b, this.reason("RESHAPE_NOT_FACTORABLE"));
  }

  /** A new free axis. */
  free(size: Dim): Layout {
    return axisOf(size, null);
  }

  /** New removable positions inside an axis: free also when there is only one. */
  units(size: number): Layout {
    return new Factor(size);
  }

  /** A new axis that never shrinks. */
  fixed(size: Dim, code: ReasonCode = "SPATIAL", detail: string | null = null): Layout {
    return axisOf(size, this.reason(code, detail));
  }

  /** Fixed axes for the trailing dimensions of an output from `from` on, as inferred. */
  fixedTail(value: Value, from: number): Layout[] {
    const shape = this.facts.shape(value);
    if (shape === null) throw new Barrier("UNKNOWN_SHAPE", `rank of "${value.name}"`);
    return shape.slice(from).map((size) => this.fixed(size));
  }

  freeze(axis: Layout, code: ReasonCode = "SPATIAL", detail: string | null = null): void {
    freeze(axis, this.reason(code, detail));
  }

  freezeAll(axes: readonly Layout[], code: ReasonCode = "SPATIAL", detail: string | null = null): void {
    for (const axis of axes) this.freeze(axis, code, detail);
  }

  /** Removal along this axis changes what is computed for the kept positions. */
  inexact(axis: Layout): void {
    markInexact(axis, this.reason("INEXACT"));
  }

  /** The operator reads neighbours along this axis: positions must not change places. */
  ordered(axis: Layout): void {
    markOrdered(axis, this.reason("ORDER_MATTERS"));
  }

  label(axis: Layout, kind: FactorKind): void {
    label(axis, kind);
  }

  /** Says how a constant takes part; without effect for computed values. The first role stays. */
  role(value: Value, axis: number, role: MemberRole): void {
    const roles = this.#table.roles.get(value) ?? new Map<number, MemberRole>();
    if (!roles.has(axis)) roles.set(axis, role);
    this.#table.roles.set(value, roles);
  }

  reason(code: ReasonCode, detail: string | null = null): Refusal {
    return refusal(code, this.node, detail);
  }
}
