// What a user asks for: a fraction of units to remove, or what the result may cost at most.

import { EspalierError } from "@espalier/ir";
import type { PlanBudget } from "../plan/plan.js";

/** What is kept of a cost: a fraction of the dense network's (0.5), or so much in its own unit. */
export type Amount = number | { readonly absolute: number };

/** One of: the fraction of units removed, or the most that latency (ms), MACs, parameters or file (bytes) may be. */
export type Budget =
  | { readonly ratio: number }
  | { readonly latency: Amount }
  | { readonly macs: Amount }
  | { readonly params: Amount }
  | { readonly size: Amount };

/** As far as the drop allows: the budget is searched (`choosePlan`). */
export interface DropBudget {
  /** Largest loss of accuracy as a fraction, or relative output error where there are no labels. */
  readonly maxDrop: number;
  /** What is made smaller until then. */
  readonly over: "ratio" | "macs" | "params" | "size";
}

export function isDropBudget(budget: Budget | DropBudget): budget is DropBudget {
  return "maxDrop" in budget;
}

export type BudgetKind = "ratio" | "latency" | "macs" | "params" | "size";

const KINDS = ["ratio", "latency", "macs", "params", "size"] as const;

/** A budget as a plan records it. @throws EspalierError `INVALID_OPTION` */
export function resolveBudget(budget: Budget): PlanBudget {
  const given = KINDS.filter((kind) => kind in budget);
  const [kind] = given;
  if (kind === undefined || given.length > 1)
    throw invalid("budget", `one of ${KINDS.join(", ")}`, given.join(" and ") || "none");
  const amount = (budget as Record<string, Amount>)[kind] as Amount;
  if (kind === "ratio") {
    if (typeof amount !== "number" || !(amount >= 0 && amount < 1))
      throw invalid("ratio", "0 ≤ ratio < 1", JSON.stringify(amount));
    return { kind, value: amount };
  }
  if (typeof amount === "number") {
    if (!(amount > 0 && amount <= 1))
      throw invalid(kind, "a fraction kept, 0 < fraction ≤ 1", String(amount));
    return { kind, value: amount, unit: "fraction" };
  }
  if (!(amount.absolute > 0 && Number.isFinite(amount.absolute)))
    throw invalid(kind, "an amount above 0", String(amount.absolute));
  return { kind, value: amount.absolute, unit: UNITS[kind] };
}

/** Fraction of the dense network's cost that may stay. */
export function keptFraction({ value, unit }: PlanBudget, dense: number): number {
  return unit === "fraction" ? value : value / dense;
}

const UNITS = { latency: "ms", macs: "MACs", params: "parameters", size: "bytes" } as const;

function invalid(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "An option is not usable", { where, expected, found });
}
