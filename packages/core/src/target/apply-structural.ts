// Applies a plan: the smaller model, and the same model dense with the same clean-ups beside it.

import { cloneModel, type Model } from "@espalier/ir";
import { modelBytes } from "../parity/parity.js";
import { applySteps, cleanUp } from "../plan/apply-steps.js";
import type { KeptUnits } from "../plan/kept-units.js";
import type { PruningPlan } from "../plan/plan.js";
import type { Subject } from "./subject.js";

export interface StructuralResult {
  /** The smaller model, with the plan's digest in its metadata. */
  readonly pruned: Model;
  readonly prunedBytes: Uint8Array;
  /** The same model dense, with the same clean-ups: what a speed-up is measured against. */
  readonly baselineBytes: Uint8Array;
  readonly cleanups: readonly string[];
}

/** Names source and plan in the metadata of what was made from them, in place. */
export function stampModel(model: Model, plan: PruningPlan, planSha256: string): void {
  model.metadataProps.set("espalier.version", plan.version);
  model.metadataProps.set("espalier.source_sha256", plan.source.sha256);
  model.metadataProps.set("espalier.plan_sha256", planSha256);
}

/** Applies the steps of a plan that remove and permute. Deterministic: same model and steps give the same bytes. */
export function applyStructural(
  subject: Subject,
  steps: readonly KeptUnits[],
  plan: PruningPlan,
  planSha256: string,
): StructuralResult {
  const { model, facts, analysis, handlers } = subject;
  const { keepOverridable } = plan.options;
  const applied = applySteps(model, facts, analysis, steps, handlers, { keepOverridable });
  stampModel(applied.model, plan, planSha256);
  const baseline = cloneModel(model).model;
  cleanUp(baseline, { keepOverridable });
  return {
    pruned: applied.model,
    prunedBytes: modelBytes(applied.model),
    baselineBytes: modelBytes(baseline),
    cleanups: applied.cleanups,
  };
}
