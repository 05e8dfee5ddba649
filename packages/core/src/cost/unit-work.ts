// How much work hangs on a unit: what makes units of different groups comparable.

import type { CoupledGroup } from "../groups/coupled-group.js";
import { type CostSubject, macsModel } from "./cost-model.js";

/**
 * MACs of the dense operators that a group shapes, over its width.
 *
 * A magnitude says which unit of a group matters, not which of two groups does. Counting units alike would make the 512
 * channels of a late layer worth eight times the 64 of an early one that works as much; then an early layer, whose
 * units are dear, goes first. Weighed by work, all layers lose alike where time follows MACs, and those whose MACs
 * are slow lose more.
 */
export function unitWork(subject: CostSubject): (group: CoupledGroup) => number {
  const work = new Map<string, number>();
  for (const term of macsModel(subject).terms) {
    const macs = term.at(subject.boundFacts);
    for (const group of term.groups) work.set(group, (work.get(group) ?? 0) + macs);
  }
  return ({ id, width }) => (work.get(id) ?? 0) / width;
}
