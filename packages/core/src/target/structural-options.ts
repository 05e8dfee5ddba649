// Options of structural pruning, shared by the targets that deploy a pruned ONNX model.

import { EspalierError } from "@espalier/ir";
import type { Allocation } from "../allocation/allocation.js";
import { uniform } from "../allocation/uniform.js";
import type { Criterion } from "../importance/criterion.js";
import { magnitude } from "../importance/magnitude.js";
import type { PlanningOptions } from "../plan/make-plan.js";
import { oneShot, type Schedule } from "../schedule/schedule.js";
import type { SubjectOptions } from "./subject.js";

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
