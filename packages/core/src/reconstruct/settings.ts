// How a recovery is done: what a plan records.

import { EspalierError } from "@espalier/ir";
import type { RecoveryMethod, UpdateWeightsStep } from "../plan/plan.js";

export interface RecoverySettings {
  readonly methods: readonly RecoveryMethod[];
  /** λ over the mean diagonal of the Gram matrix. Default 1e-3. */
  readonly ridge?: number;
  /** "downstream": everything whose input changed; "consumers": only what lost inputs. Default downstream. */
  readonly scope?: "downstream" | "consumers";
  /** Let the last layer of a residual branch make up for its shortcut. Default true. */
  readonly shortcuts?: boolean;
  /** Rows used of every layer's, drawn with `seed`. Default 65 536. */
  readonly maxRows?: number;
  readonly seed?: number;
}

/** Settings with every default filled in, and nothing else. @throws EspalierError `INVALID_OPTION` */
export function recoveryDefaults(
  settings: RecoverySettings,
): { readonly methods: readonly RecoveryMethod[] } & UpdateWeightsStep["options"] {
  const {
    methods,
    ridge = 1e-3,
    scope = "downstream",
    shortcuts = true,
    maxRows = 2 ** 16,
    seed = 1,
  } = settings;
  if (!(ridge >= 0 && ridge < Number.POSITIVE_INFINITY)) throw invalid("ridge", "a number ≥ 0", ridge);
  if (!Number.isSafeInteger(maxRows) || maxRows < 1) throw invalid("maxRows", "a whole number ≥ 1", maxRows);
  if (!Number.isSafeInteger(seed)) throw invalid("seed", "a whole number", seed);
  if (methods.length === 0) throw invalid("methods", "at least one method", 0);
  return {
    methods: METHODS.filter((method) => methods.includes(method)),
    ridge,
    scope,
    shortcuts,
    maxRows,
    seed,
  };
}

const METHODS: readonly RecoveryMethod[] = ["reconstruct", "bias", "batch-norm"];

function invalid(where: string, expected: string, found: number): EspalierError {
  return new EspalierError("INVALID_OPTION", "A recovery option is not usable", {
    where,
    expected,
    found: String(found),
  });
}
