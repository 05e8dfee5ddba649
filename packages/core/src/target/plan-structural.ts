// The plan of a structural pruning, as plain data.

import { type MadePlan, makePlan } from "../plan/make-plan.js";
import type { PruningPlan } from "../plan/plan.js";
import { resolveStructural, type StructuralOptions } from "./structural-options.js";
import type { Subject } from "./subject.js";
import { VERSION } from "./version.js";

/** The plan for `subject` as plain data. */
export function planStructural(
  subject: Subject,
  sourceSha256: string,
  target: string,
  options: StructuralOptions,
): { readonly plan: PruningPlan; readonly made: MadePlan } {
  const resolved = resolveStructural(options);
  const { model, facts, analysis, handlers, bindings } = subject;
  const made = makePlan(model, facts, analysis, handlers, resolved);
  const plan: PruningPlan = {
    schema: 1,
    tool: "espalier",
    version: VERSION,
    source: { sha256: sourceSha256, path: options.sourcePath ?? "" },
    bindings,
    seed: resolved.seed,
    target,
    budget: { kind: "ratio", value: resolved.ratio },
    options: {
      granularity: "channel",
      criterion: resolved.criterion.name,
      allocation: resolved.allocation.name,
      schedule: resolved.schedule.name,
      step: resolved.step,
      minWidth: resolved.minWidth,
      include: resolved.include,
      exclude: resolved.exclude,
      keepOverridable: resolved.keepOverridable,
    },
    costTable: null,
    steps: made.steps,
  };
  return { plan, made };
}
