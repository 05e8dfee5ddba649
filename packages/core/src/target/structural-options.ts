// Options of structural pruning, shared by the targets that deploy a pruned ONNX model.

import { EspalierError } from "@espalier/ir";
import type { Allocation } from "../allocation/allocation.js";
import { uniform } from "../allocation/uniform.js";
import type { Criterion } from "../importance/criterion.js";
import { magnitude } from "../importance/magnitude.js";
import { reconstruction } from "../importance/reconstruction.js";
import type { PlanningOptions } from "../plan/make-plan.js";
import type { PlanBudget } from "../plan/plan.js";
import type { Sensitivity, SensitivityCurve } from "../reconstruct/measure-sensitivity.js";
import { oneShot, type Schedule } from "../schedule/schedule.js";
import { type Budget, resolveBudget } from "./budget.js";
import type { SubjectOptions } from "./subject.js";

export interface StructuralOptions extends SubjectOptions {
  /** Fraction of units removed, 0 ≤ ratio < 1, or the most that a cost may be. */
  readonly budget: Budget;
  /**
   * "channel": whole units. Targets know more: "2:4" on tensorrt, "element" on tflite. Default "auto", what the target
   * takes for best.
   */
  readonly granularity?: string;
  /**
   * What makes a unit important: those with the least go first. "reconstruction": what the others cannot stand in for,
   * from `sensitivity`. Default `magnitude()`, the L1 norm of the weights that produce the unit.
   */
  readonly criterion?: Criterion | "reconstruction";
  /**
   * How a ratio is spread over the groups; default `uniform()`. Only with `budget: { ratio }`: a cost is met by the
   * knapsack, or with "sensitivity" along the curves of `sensitivity`, which in turn needs a cost.
   */
  readonly allocation?: Allocation | "sensitivity";
  /** What `measureSensitivity` found; measured on the calibration inputs where it is needed and not given. */
  readonly sensitivity?: Sensitivity;
  /** In how many rounds, scored anew each time. Default `oneShot()`. */
  readonly schedule?: Schedule;
  /** Kept widths are rounded up to a multiple of it; "auto" takes the target's measured step. Default 1, under a latency budget "auto". */
  readonly step?: number | "auto";
  /** No group becomes narrower, ≥ 1. Default 1. */
  readonly minWidth?: number;
  /** No group loses more than this fraction of its units, 0 < fraction ≤ 1. Default 1: all but `minWidth`. */
  readonly maxRatio?: number;
  /**
   * Globs on whole names, as bash reads them (picomatch); `*` takes "/" along. Only groups that match one are pruned: by their
   * id, or by the name of a weight that shrinks with them (also of a layer that reads their units), of an activation, or of the
   * node that gives it. A name that is equal always matches. Default: all groups.
   */
  readonly include?: readonly string[];
  /** Globs as those of `include`; groups that match one stay, whatever `include` says. Default: none. */
  readonly exclude?: readonly string[];
  /** Also prune groups that a mean, a normalisation, a maximum or a product runs over, where zeroing a unit is not removing it. Default false. */
  readonly allowInexact?: boolean;
  /** Initialisers that are graph inputs as well stay inputs, so that callers may give other values. Default false: constants. */
  readonly keepOverridable?: boolean;
  /** Of everything random, a whole number. Default 1. */
  readonly seed?: number;
  /** Choices of the format that is exported to, by name, for targets whose artefact is no ONNX file. */
  readonly export?: Readonly<Record<string, string>>;
  /** Path that the plan and receipt name; never opened. */
  readonly sourcePath?: string;
}

export type ResolvedOptions = Omit<PlanningOptions, "allocation" | "ratio" | "step"> & {
  readonly budget: PlanBudget;
  /** null: along the curves, or by the knapsack where there are none. */
  readonly allocation: Allocation | null;
  readonly curves: readonly SensitivityCurve[] | null;
  readonly step: number | "auto";
  readonly maxRatio: number;
  readonly keepOverridable: boolean;
};

/** Options with every default filled in. @throws EspalierError `INVALID_OPTION` */
export function resolveStructural(options: StructuralOptions): ResolvedOptions {
  const { granularity = "auto" } = options;
  if (granularity !== "auto" && granularity !== "channel")
    throw invalid("granularity", "auto or channel on this target", granularity);
  const budget = resolveBudget(options.budget);
  const byRatio = budget.kind === "ratio";
  const along = options.allocation === "sensitivity";
  if (byRatio && along)
    throw invalid("allocation", "a cost to keep (MACs, parameters, size, latency)", "a ratio of units");
  const allocation = options.allocation === "sensitivity" ? undefined : options.allocation;
  const resolved = {
    budget,
    criterion: criterionOf(options),
    allocation: byRatio ? (allocation ?? uniform()) : null,
    curves: along ? measuredOf(options).curves : null,
    schedule: options.schedule ?? oneShot(),
    step: options.step ?? (budget.kind === "latency" ? ("auto" as const) : 1),
    minWidth: options.minWidth ?? 1,
    maxRatio: options.maxRatio ?? 1,
    ...eligibilityOf(options),
    keepOverridable: options.keepOverridable ?? false,
    seed: options.seed ?? 1,
  };
  if (!byRatio && allocation !== undefined)
    throw invalid("allocation", "a ratio, which an allocation spreads", `a ${budget.kind} budget`);
  for (const name of ["step", "minWidth"] as const) {
    const value = resolved[name];
    if (value !== "auto" && (!Number.isSafeInteger(value) || value < 1))
      throw invalid(name, "a whole number ≥ 1", String(value));
  }
  if (!(resolved.maxRatio > 0 && resolved.maxRatio <= 1))
    throw invalid("maxRatio", "0 < fraction ≤ 1", String(resolved.maxRatio));
  if (!Number.isSafeInteger(resolved.seed)) throw invalid("seed", "a whole number", String(resolved.seed));
  return resolved;
}

/** Which groups these options leave to choose from. */
export function eligibilityOf({
  include = [],
  exclude = [],
  allowInexact = false,
}: Pick<StructuralOptions, "include" | "exclude" | "allowInexact">): Pick<
  ResolvedOptions,
  "include" | "exclude" | "allowInexact"
> {
  return { include, exclude, allowInexact };
}

function criterionOf(options: StructuralOptions): Criterion {
  const { criterion = magnitude() } = options;
  return criterion === "reconstruction" ? reconstruction(measuredOf(options).eliminations) : criterion;
}

function measuredOf({ sensitivity }: StructuralOptions): Sensitivity {
  if (sensitivity !== undefined) return sensitivity;
  throw new EspalierError("CALIBRATION_MISSING", "Sensitivities were not measured", {
    unblock: "Give calibration inputs.",
  });
}

function invalid(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "An option is not usable", { where, expected, found });
}
