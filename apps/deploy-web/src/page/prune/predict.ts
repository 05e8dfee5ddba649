// What a choice would give, on paper: the plan is made as it would be, and nothing is cut.

import {
  bytesModel,
  type Factor,
  factsAt,
  keepUnits,
  macsModel,
  parametersModel,
  planStructural,
  type SliceStep,
  type Subject,
  sliceSteps,
  totalCost,
} from "@espalier/core";
import type { Facts } from "@espalier/ir";
import { webHost } from "@espalier/runtime-web";
import { web } from "@espalier/web";
import type { OpenModel } from "./open-model.js";
import type { Prediction, PruneChoice } from "./tasks.js";

/** MACs are null where a symbolic dimension is not bound. */
export async function predict({ subject, wholeBytes }: OpenModel, choice: PruneChoice): Promise<Prediction> {
  const { ratio, step, allowInexact } = choice;
  const source = { sha256: "", bytes: wholeBytes };
  const options = { host: webHost(), budget: { ratio }, step, allowInexact };
  const { plan } = await planStructural(subject, source, web.name, options);
  const steps = sliceSteps(plan.steps);
  const facts = factsAfter(subject, steps);
  return {
    choice,
    widths: Object.fromEntries(steps.map(({ group, keep }) => [group, keep.length])),
    params: totalCost(parametersModel(subject), facts),
    macs: subject.unbound.length > 0 ? null : totalCost(macsModel(subject), facts),
    bytes: totalCost(bytesModel(subject, wholeBytes), facts),
  };
}

function factsAfter({ boundFacts, analysis }: Subject, steps: readonly SliceStep[]): Facts {
  const groups = new Map(analysis.groups.map((group) => [group.id, group]));
  const kept = new Map<Factor, number>();
  for (const { group: id, keep } of steps) {
    const group = groups.get(id);
    if (group !== undefined) keepUnits(group, keep, kept);
  }
  return factsAt(boundFacts, analysis, kept);
}
