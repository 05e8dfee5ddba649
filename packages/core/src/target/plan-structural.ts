// The plan of a structural pruning, as plain data: a ratio spread by an allocation, or a cost met by the knapsack.

import type { Allocation } from "../allocation/allocation.js";
import { knapsack } from "../allocation/knapsack.js";
import { sensitivity } from "../allocation/sensitivity.js";
import type { TradeCurve } from "../allocation/trade-curve.js";
import {
  bytesModel,
  type CostModel,
  macsModel,
  parametersModel,
  sumFor,
  termSum,
  totalCost,
} from "../cost/cost-model.js";
import { type CostTable, costTableText } from "../cost/cost-table.js";
import { latencyModel } from "../cost/latency-model.js";
import { stepOf } from "../cost/measure-stair.js";
import { unitWork } from "../cost/unit-work.js";
import { factsAt, keepUnits } from "../cost/widths.js";
import type { Factor } from "../groups/layout.js";
import { eligibleGroups, type MadePlan, makePlan } from "../plan/make-plan.js";
import type { PlanBudget, PlanOptions, PlanPrediction, PruningPlan, SliceStep } from "../plan/plan.js";
import { plainRefusal } from "../plan/refusals.js";
import type { RefusalEntry } from "../receipt/receipt.js";
import { isUnavailable } from "../runtime.js";
import { keptFraction } from "./budget.js";
import { type CostSource, cacheKey, openCosts, openStair } from "./cost-source.js";
import type { PlannedModel, PlanningRunOptions } from "./run-options.js";
import { type ResolvedOptions, resolveStructural, type StructuralOptions } from "./structural-options.js";
import type { Subject } from "./subject.js";
import { VERSION } from "./version.js";

/** How often the widths that were chosen are measured and chosen again, at most. */
const REFINEMENTS = 8;

/** A budget that was chosen: `choosePlan` searches for one where only a drop was asked for. */
export type PlanningOptions = Omit<PlanningRunOptions, "budget"> & Pick<StructuralOptions, "budget">;

/** The plan for `subject`. Deterministic: same model, options, seed and cost table give the same plan. */
export async function planStructural(
  subject: Subject,
  source: { readonly sha256: string; readonly bytes: number },
  target: string,
  options: PlanningOptions,
): Promise<PlannedModel> {
  const resolved = resolveStructural(options);
  if (resolved.budget.kind !== "latency") {
    const found = await stepFor(resolved, options);
    const made = planFor(subject, source.bytes, resolved, found.step, null);
    return finish(subject, source.sha256, target, options, resolved, { ...made, ...found, table: null });
  }
  const costs = await openCosts(subject, source.sha256, eligibleGroups(subject.analysis, resolved), options);
  try {
    const { table, made } = await refined(subject, source.bytes, resolved, costs);
    return await finish(subject, source.sha256, target, options, resolved, {
      ...made,
      ...measuredStep(resolved, table),
      table,
    });
  } finally {
    await costs.dispose();
  }
}

/** The plan of a network that cannot be deployed: nothing is removed. */
export async function planNothing(
  subject: Subject,
  source: { readonly sha256: string; readonly bytes: number },
  target: string,
  options: PlanningOptions,
  refused: readonly RefusalEntry[],
): Promise<PlannedModel> {
  // What a choice would need, calibration for one, is not asked for.
  const { allocation: _, criterion: __, ...plain } = options;
  const resolved = resolveStructural(plain);
  const made = { steps: [], widths: [], refused };
  const step = resolved.step === "auto" ? 1 : resolved.step;
  const none = { made, predicted: null, trade: null, step, stepMeasured: null, table: null };
  return finish(subject, source.sha256, target, options, resolved, none);
}

interface Made {
  readonly made: MadePlan;
  /** The widths that were tried: those of the plan, or the narrowest where the budget cannot be reached. */
  readonly tried: readonly SliceStep[];
  readonly predicted: PlanPrediction | null;
  /** How to get the curve that the widths lie on; null where they were chosen by no cost. */
  readonly trade: (() => TradeCurve) | null;
}

/** Plans, measures what was planned, and plans again with what that taught. */
async function refined(
  subject: Subject,
  sourceBytes: number,
  resolved: ResolvedOptions,
  costs: CostSource,
): Promise<{ table: CostTable; made: Made }> {
  let table = costs.table;
  let made = planFor(subject, sourceBytes, resolved, stepAt(resolved, table), table);
  for (let round = 0; costs.refine !== null && round < REFINEMENTS && made.tried.length > 0; round++) {
    const better = await costs.refine(new Map(made.tried.map(({ group, keep }) => [group, keep])));
    if (better === null) break; // every kernel of the plan was measured at its widths
    table = better;
    made = planFor(subject, sourceBytes, resolved, stepAt(resolved, table), table);
  }
  return { table, made };
}

function planFor(
  subject: Subject,
  sourceBytes: number,
  resolved: ResolvedOptions,
  step: number,
  table: CostTable | null,
): Made {
  const { model, facts, analysis, handlers } = subject;
  const costs = costModelOf(subject, sourceBytes, resolved.budget, table);
  const dense = costs === null ? 0 : (costs.dense ?? totalCost(costs, subject.boundFacts));
  const budget = costs === null ? 0 : keptFraction(resolved.budget, dense) * dense;
  const denseSum = costs === null ? 0 : termSum(costs, subject.boundFacts);
  const priced = { costs: costs as CostModel, analysis, facts: subject.boundFacts, dense: denseSum };
  let trade: (() => TradeCurve) | null = null;
  const onSolved = (curve: () => TradeCurve): void => {
    trade = curve;
  };
  const allocation: Allocation =
    resolved.allocation ??
    (resolved.curves === null
      ? knapsack({ ...priced, weightOf: unitWork(subject), maxRatio: resolved.maxRatio, onSolved })
      : sensitivity({ ...priced, curves: resolved.curves }));
  const ratio =
    costs === null
      ? resolved.budget.value
      : Math.max(0, 1 - sumFor(costs, budget, Math.max(budget, denseSum)) / denseSum);
  const made = makePlan(model, facts, analysis, handlers, {
    ...resolved,
    allocation,
    ratio,
    step,
    request: requestText(resolved.budget),
  });
  // Later rounds of a schedule see what the earlier ones left: theirs is no curve of the whole network.
  if (resolved.schedule.name !== "one-shot") trade = null;
  if (costs === null) return { made, tried: made.steps, predicted: null, trade: null };
  const after = costAt(costs, subject, made.steps);
  const predicted: PlanPrediction = { unit: costs.unit, before: rounded(dense), after: rounded(after) };
  if (after <= budget * (1 + 1e-9)) return { made, tried: made.steps, predicted, trade };
  const detail = `the least is ${amountText(after, costs.unit)}, the budget ${amountText(budget, costs.unit)}`;
  const refusal = { ...plainRefusal("BUDGET_UNREACHABLE", "", detail), group: null };
  const widths = made.widths.map((row) => ({ ...row, after: row.before }));
  return {
    made: { steps: [], widths, refused: [...made.refused, refusal] },
    tried: made.steps,
    predicted,
    trade,
  };
}

function costModelOf(
  subject: Subject,
  sourceBytes: number,
  budget: PlanBudget,
  table: CostTable | null,
): CostModel | null {
  switch (budget.kind) {
    case "ratio":
      return null;
    case "macs":
      return macsModel(subject);
    case "params":
      return parametersModel(subject);
    case "size":
      return bytesModel(subject, sourceBytes);
    case "latency":
      return latencyModel(subject, table as CostTable);
  }
}

function costAt(costs: CostModel, subject: Subject, steps: readonly SliceStep[]): number {
  const kept = new Map<Factor, number>();
  const groups = new Map(subject.analysis.groups.map((group) => [group.id, group]));
  for (const { group: id, keep } of steps) {
    const group = groups.get(id);
    if (group !== undefined) keepUnits(group, keep, kept);
  }
  return totalCost(costs, factsAt(subject.boundFacts, subject.analysis, kept));
}

function stepAt({ step }: ResolvedOptions, table: CostTable): number {
  return step === "auto" ? table.step : step;
}

interface Step {
  readonly step: number;
  readonly stepMeasured: PlanOptions["stepMeasured"] | null;
}

function measuredStep(resolved: ResolvedOptions, table: CostTable): Step {
  const { runtime, threads } = table;
  return {
    step: stepAt(resolved, table),
    stepMeasured: resolved.step === "auto" ? { runtime, threads } : null,
  };
}

/** A measured step where "auto" was asked for without a latency budget. */
async function stepFor(resolved: ResolvedOptions, options: PlanningRunOptions): Promise<Step> {
  if (resolved.step !== "auto") return { step: resolved.step, stepMeasured: null };
  const { host, costTable } = options;
  if (costTable !== undefined) return measuredStep(resolved, costTable);
  const runtime = options.deployment ?? options.runtime;
  if (runtime === undefined || isUnavailable(runtime)) return { step: 1, stepMeasured: null };
  const stair = await openStair(runtime, host, await cacheKey(host, runtime, 1), options);
  return { step: stepOf(stair), stepMeasured: { runtime: runtime.name, threads: 1 } };
}

async function finish(
  subject: Subject,
  sourceSha256: string,
  target: string,
  options: PlanningRunOptions,
  resolved: ResolvedOptions,
  {
    made,
    predicted,
    trade,
    step,
    stepMeasured,
    table,
  }: Omit<Made, "tried"> & Step & { readonly table: CostTable | null },
): Promise<PlannedModel> {
  const text = table === null ? null : new TextEncoder().encode(costTableText(table));
  const plan: PruningPlan = {
    schema: 1,
    tool: "espalier",
    version: VERSION,
    source: { sha256: sourceSha256, path: options.sourcePath ?? "" },
    bindings: subject.bindings,
    seed: resolved.seed,
    target,
    budget: resolved.budget,
    options: {
      granularity: "channel",
      criterion: resolved.criterion.name,
      allocation: resolved.allocation?.name ?? (resolved.curves === null ? "knapsack" : "sensitivity"),
      schedule: resolved.schedule.name,
      step,
      ...(stepMeasured == null ? {} : { stepMeasured }),
      minWidth: resolved.minWidth,
      ...(resolved.maxRatio === 1 ? {} : { maxRatio: resolved.maxRatio }),
      include: resolved.include,
      exclude: resolved.exclude,
      keepOverridable: resolved.keepOverridable,
      ...(options.export === undefined ? {} : { export: options.export }),
    },
    costTable:
      table === null || text === null
        ? null
        : { sha256: await options.host.sha256(text), origin: table.origin },
    predicted,
    steps: made.steps,
  };
  return {
    plan,
    widths: made.widths,
    refused: made.refused,
    subject,
    costTable: table,
    trade: trade?.() ?? null,
  };
}

function requestText({ kind, value, unit }: PlanBudget): string {
  if (kind === "ratio") return `ratio ${value}`;
  return unit === "fraction" ? `${kind} ${value}` : `${kind} ${amountText(value, unit ?? "")}`;
}

function amountText(value: number, unit: string): string {
  return `${Number(value.toPrecision(4))} ${unit}`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
