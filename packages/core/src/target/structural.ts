// Structural pruning of an ONNX model, shared by the targets that deploy one: plan, removal, clean dense
// baseline, masked reference, parity, and the receipt as far as no particular hardware is needed.

import { cloneModel, DataType, EspalierError, inferFacts, isEspalierError, type Model } from "@espalier/ir";
import type { Allocation } from "../allocation/allocation.js";
import { uniform } from "../allocation/uniform.js";
import type { Criterion } from "../importance/criterion.js";
import { magnitude } from "../importance/magnitude.js";
import { randomInputs } from "../inputs/random-inputs.js";
import { costRows } from "../measure/cost-rows.js";
import { countMacs, countParameters } from "../measure/macs.js";
import { measureParity, modelBytes } from "../parity/parity.js";
import { applySteps, cleanUp } from "../plan/apply-steps.js";
import { type MadePlan, makePlan, type PlanningOptions } from "../plan/make-plan.js";
import type { PruningPlan, SliceStep } from "../plan/plan.js";
import { removalOf } from "../plan/removal.js";
import type { Parity, Receipt, RefusalEntry } from "../receipt/receipt.js";
import { maskedReference } from "../reference/masked-reference.js";
import type { Feeds, ProgressListener, RunLimits, Runtime } from "../runtime.js";
import { oneShot, type Schedule } from "../schedule/schedule.js";
import type { Subject, SubjectOptions } from "./subject.js";
import { VERSION } from "./version.js";

export interface StructuralOptions extends SubjectOptions {
  /** Fraction of units removed: 0 ≤ ratio < 1. */
  readonly budget: { readonly ratio: number };
  readonly criterion?: Criterion;
  readonly allocation?: Allocation;
  readonly schedule?: Schedule;
  readonly step?: number;
  readonly minWidth?: number;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly allowInexact?: boolean;
  readonly keepOverridable?: boolean;
  readonly seed?: number;
  /** Path that the plan and receipt name; never opened. */
  readonly sourcePath?: string;
}

/** Options with every default filled in. @throws EspalierError `INVALID_OPTION` */
export function resolveStructural(
  options: StructuralOptions,
): PlanningOptions & { keepOverridable: boolean } {
  const { ratio } = options.budget;
  const resolved = {
    ratio,
    criterion: options.criterion ?? magnitude(),
    allocation: options.allocation ?? uniform(),
    schedule: options.schedule ?? oneShot(),
    step: options.step ?? 1,
    minWidth: options.minWidth ?? 1,
    include: options.include ?? [],
    exclude: options.exclude ?? [],
    allowInexact: options.allowInexact ?? false,
    keepOverridable: options.keepOverridable ?? false,
    seed: options.seed ?? 1,
  };
  if (!(ratio >= 0 && ratio < 1)) throw invalid("ratio", "0 ≤ ratio < 1", ratio);
  for (const name of ["step", "minWidth"] as const) {
    if (!Number.isSafeInteger(resolved[name]) || resolved[name] < 1)
      throw invalid(name, "a whole number ≥ 1", resolved[name]);
  }
  if (!Number.isSafeInteger(resolved.seed)) throw invalid("seed", "a whole number", resolved.seed);
  return resolved;
}

function invalid(where: string, expected: string, found: number): EspalierError {
  return new EspalierError("INVALID_OPTION", "An option is not usable", {
    where,
    expected,
    found: String(found),
  });
}

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

export interface StructuralResult {
  /** The smaller model, with the plan's digest in its metadata. */
  readonly pruned: Model;
  readonly prunedBytes: Uint8Array;
  /** The same model dense, with the same clean-ups: what a speed-up is measured against. */
  readonly baselineBytes: Uint8Array;
  readonly cleanups: readonly string[];
}

/** Applies the steps of a plan. Deterministic: same model and steps give the same bytes. */
export function applyStructural(
  subject: Subject,
  steps: readonly SliceStep[],
  plan: PruningPlan,
  planSha256: string,
): StructuralResult {
  const { model, facts, analysis, handlers } = subject;
  const { keepOverridable } = plan.options;
  const applied = applySteps(model, facts, analysis, steps, handlers, { keepOverridable });
  applied.model.metadataProps.set("espalier.version", plan.version);
  applied.model.metadataProps.set("espalier.source_sha256", plan.source.sha256);
  applied.model.metadataProps.set("espalier.plan_sha256", planSha256);
  const baseline = cloneModel(model).model;
  cleanUp(baseline, { keepOverridable });
  return {
    pruned: applied.model,
    prunedBytes: modelBytes(applied.model),
    baselineBytes: modelBytes(baseline),
    cleanups: applied.cleanups,
  };
}

export interface ProofOptions extends RunLimits {
  readonly seed: number;
  /** Number of random input sets. */
  readonly count: number;
  /** Real inputs, tried beside the random ones. */
  readonly inputs?: readonly Feeds[];
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/**
 * Parity of the pruned model with the masked reference, on random legal inputs.
 * @returns the refusal instead when the runtime cannot run the source at all
 * @throws EspalierError `MISMATCH` when the two disagree: then nothing must be handed out
 */
export async function proveStructural(
  subject: Subject,
  steps: readonly SliceStep[],
  prunedBytes: Uint8Array,
  runtime: Runtime,
  options: ProofOptions,
): Promise<{ parity: Parity; feeds: readonly Feeds[] } | { refused: RefusalEntry }> {
  const { model, facts, boundFacts, analysis, handlers } = subject;
  const feeds = [...(options.inputs ?? []), ...randomInputs(model, boundFacts, handlers, options)];
  const reference = maskedReference(model, facts, analysis, removalOf(analysis, steps), handlers);
  try {
    const parity = await measureParity(
      runtime,
      { bytes: modelBytes(reference) },
      { bytes: prunedBytes },
      {
        ...options,
        inputs: feeds,
        tolerance: toleranceOf(subject),
      },
    );
    if (!(parity.maxRel <= parity.tolerance)) {
      throw new EspalierError(
        "MISMATCH",
        "The pruned model does not compute what the masked original computes",
        {
          expected: `maxRel ≤ ${parity.tolerance}`,
          found: `${parity.maxRel}`,
          unblock: "This is a defect in Espalier: please report the model. Nothing was written.",
        },
      );
    }
    return { parity, feeds };
  } catch (error) {
    if (!isEspalierError(error, "NOT_RUNNABLE")) throw error;
    return {
      refused: {
        group: null,
        node: null,
        code: "NOT_RUNNABLE",
        reason: error.message,
        unblock: "Use a runtime that has the operators this model needs.",
      },
    };
  }
}

/** 5e-3 when the network computes in float16, else 1e-4. */
export function toleranceOf({ model, facts }: Pick<Subject, "model" | "facts">): number {
  const half = model.graph.outputs.some((output) => facts.dataType(output) === DataType.FLOAT16);
  return half ? 5e-3 : 1e-4;
}

/** MACs, parameters and the cost ledger before and after. */
export function structuralCosts(
  subject: Subject,
  pruned: Model | null,
): Pick<Receipt, "params" | "macs" | "costs"> {
  const { model, boundFacts, handlers, bindings, unbound } = subject;
  const before = countMacs(model, boundFacts, handlers);
  const after = pruned ?? model;
  const afterFacts = pruned === null ? boundFacts : inferFacts(pruned, { bindings });
  const counted = countMacs(after, afterFacts, handlers);
  const hint = unbound[0];
  return {
    params: { before: countParameters(model, boundFacts), after: countParameters(after, afterFacts) },
    macs: {
      before: before.total,
      after: counted.total,
      ...(before.total === null || counted.total === null
        ? {
            reason: "UNBOUND_DIMENSION",
            unblock: hint === undefined ? "A dimension depends on the data." : `--dim ${hint.option}=N`,
          }
        : {}),
    },
    costs: costRows(model, boundFacts, before, after, afterFacts, counted),
  };
}
