// The control every criterion has to beat.

import { seededRandom } from "../random/random.js";
import { type Criterion, requireMembers } from "./criterion.js";

/** Uniform random scores, seeded per group, so that adding a group does not change the others. */
export function randomImportance(): Criterion {
  return {
    name: "random",
    score: (group, context) => {
      requireMembers(group, ["produces"]);
      const random = seededRandom(context.seed, group.id);
      return Float64Array.from({ length: group.width }, () => random.uniform());
    },
  };
}
