// A coupled group: units that must go together, everywhere. (DepGraph calls it a dependency group.)

import type { Value } from "@espalier/ir";
import type { Factor, FactorKind } from "./layout.js";
import type { MemberRole } from "./link-context.js";
import type { Refusal } from "./refusal.js";

/** One axis of one constant that shrinks with the group. */
export interface GroupMember {
  readonly value: Value;
  readonly axis: number;
  readonly role: MemberRole;
  /** For each position of the axis the unit it belongs to, −1 for positions of other groups. */
  readonly unitOf: Int32Array;
}

export interface CoupledGroup {
  /** `<first producing value in topological order>#<axis>[.<factor>]`; unique in a model. */
  readonly id: string;
  /** Number of units. */
  readonly width: number;
  readonly kind: FactorKind;
  /** False when removing a unit changes what the kept ones become, beyond what zeroing does. */
  readonly exact: boolean;
  readonly inexactReason: Refusal | null;
  readonly members: readonly GroupMember[];
  /** Activations with an axis that shrinks, in topological order. */
  readonly activations: readonly { readonly value: Value; readonly axis: number }[];
  /** The factors behind it, with the unit at which each begins. */
  readonly factors: ReadonlyMap<Factor, number>;
}

/** Something with weights that stays dense, and why. */
export interface DenseAxis {
  readonly value: Value;
  readonly axis: number;
  readonly reason: Refusal;
}

/** A group in words: what shrinks, along which axes, and how it hangs together. */
export function explainGroup(group: CoupledGroup): string {
  const lines = [`${group.id}: ${group.width} ${group.kind} units${group.exact ? "" : " (inexact)"}`];
  for (const { value, axis, role, unitOf } of group.members) {
    const positions = unitOf.reduce((count, unit) => count + (unit >= 0 ? 1 : 0), 0);
    lines.push(`  ${role.padEnd(8)} ${value.name} axis ${axis}: ${positions} of ${unitOf.length} positions`);
  }
  for (const { value, axis } of group.activations) lines.push(`  carries  ${value.name} axis ${axis}`);
  return lines.join("\n");
}
