// A criterion gives every unit of a coupled group a score: larger = keep. Criteria know nothing of budgets,
// and allocations nothing of weights.

import { EspalierError, readFloats, type Tensor, type Value } from "@espalier/ir";
import type { CoupledGroup, GroupMember } from "../groups/coupled-group.js";

export interface CriterionContext {
  /** The tensor of a member. */
  constant(value: Value): Tensor;
  readonly seed: number;
}

export interface Criterion {
  readonly name: string;
  /**
   * One score a unit: finite, ≥ 0, unitless; larger = keep.
   * @throws EspalierError `NO_WEIGHTS`, `NONFINITE`
   */
  score(group: CoupledGroup, context: CriterionContext): Float64Array;
}

/** Calls `visit(unit, weight)` for every element of a member that belongs to a unit. */
export function forEachWeight(
  member: GroupMember,
  tensor: Tensor,
  visit: (unit: number, weight: number) => void,
): void {
  const weights = readFloats(tensor);
  const size = member.unitOf.length;
  const inner = tensor.dims.slice(member.axis + 1).reduce((product, dim) => product * dim, 1);
  for (let start = 0, row = 0; start < weights.length; start += inner, row++) {
    const unit = member.unitOf[row % size] as number;
    if (unit < 0) continue;
    for (let i = start; i < start + inner; i++) visit(unit, weights[i] as number);
  }
}

/** The members a criterion looks at. @throws EspalierError `NO_WEIGHTS` when there are none */
export function requireMembers(
  group: CoupledGroup,
  roles: readonly GroupMember["role"][],
): readonly GroupMember[] {
  const members = group.members.filter((member) => roles.includes(member.role));
  if (members.length === 0) {
    throw new EspalierError("NO_WEIGHTS", `Group ${group.id} cannot be scored`, {
      where: group.id,
      expected: `a member that ${roles.join(" or ")}`,
      found: group.members.map((member) => member.role).join(", ") || "none",
    });
  }
  return members;
}

/** Scores that can be ranked. @throws EspalierError `NONFINITE` */
export function requireFinite(group: CoupledGroup, scores: Float64Array): Float64Array {
  if (!scores.every(Number.isFinite)) {
    throw new EspalierError("NONFINITE", `Weights of group ${group.id} are NaN or infinite`, {
      where: group.id,
    });
  }
  return scores;
}
