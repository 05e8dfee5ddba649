// Makes a plan: groups → scores → widths → kept units. Pure and deterministic: same model, options and seed
// give the same plan.

import { EspalierError, type Facts, inferFacts, isEspalierError, type Model, type Value } from "@espalier/ir";
import picomatch from "picomatch";
import type { Allocated, Allocation, AllocationOptions, ScoredGroup } from "../allocation/allocation.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import { findCoupledGroups, type GroupAnalysis } from "../groups/find-groups.js";
import type { Criterion, CriterionContext } from "../importance/criterion.js";
import type { HandlerRegistry } from "../ops/handler.js";
import type { RefusalEntry, WidthRow } from "../receipt/receipt.js";
import type { Schedule } from "../schedule/schedule.js";
import { sliceModel } from "../surgery/slice-model.js";
import type { SliceStep } from "./plan.js";
import { barrierRefusals, denseRefusals, plainRefusal, refusalEntry } from "./refusals.js";
import { removalOf } from "./removal.js";

export interface PlanningOptions extends AllocationOptions {
  readonly criterion: Criterion;
  readonly allocation: Allocation;
  readonly schedule: Schedule;
  /** Globs on group ids, value names and node names; empty = all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Also prune groups whose removal changes normalisation statistics. */
  readonly allowInexact: boolean;
  readonly seed: number;
}

export interface MadePlan {
  readonly steps: readonly SliceStep[];
  readonly widths: readonly WidthRow[];
  readonly refused: readonly RefusalEntry[];
}

/** Chooses what to remove from `model`. */
export function makePlan(
  model: Model,
  facts: Facts,
  analysis: GroupAnalysis,
  handlers: HandlerRegistry,
  options: PlanningOptions,
): MadePlan {
  const refused = [...barrierRefusals(analysis, facts), ...denseRefusals(analysis)];
  const eligible = analysis.groups.filter((group) => {
    const reason = ineligible(group, options);
    if (reason !== null) refused.push(reason);
    return reason === null;
  });
  let kept = new Map(eligible.map((group) => [group.id, allUnits(group)]));
  let asked = new Map<string, number>();
  for (
    let round = 0, ratio = options.schedule.next(0, options.ratio);
    ratio !== null;
    ratio = options.schedule.next(++round, options.ratio)
  ) {
    const scored =
      eligible.length === 0
        ? []
        : scoreKept(model, facts, analysis, handlers, eligible, kept, options, refused);
    const allocated = options.allocation.allocate(scored, { ...options, ratio });
    kept = new Map(allocated.map(({ group, keep }) => [group.id, keep]));
    asked = new Map(allocated.map((one: Allocated) => [one.group.id, one.asked]));
  }
  return { ...describe(eligible, kept, asked, options), refused: [...refused, ...tooNarrow(eligible, kept)] };
}

function ineligible(group: CoupledGroup, options: PlanningOptions): RefusalEntry | null {
  if (group.width < 2) return plainRefusal("TOO_NARROW", group.id);
  if (!group.members.some((member) => member.role === "produces"))
    return plainRefusal("NO_WEIGHTS", group.id);
  if (!isIncluded(group, options)) return plainRefusal("EXCLUDED", group.id);
  if (!group.exact && !options.allowInexact && group.inexactReason !== null)
    return refusalEntry(group.inexactReason, { group: group.id });
  return null;
}

function isIncluded(group: CoupledGroup, { include, exclude }: PlanningOptions): boolean {
  const names = [
    group.id,
    ...group.members.map((member) => member.value.name),
    ...group.activations.flatMap(({ value }) => [value.name, value.producer?.name ?? ""]),
  ];
  const matches = (globs: readonly string[]): boolean =>
    // Names hold slashes and brackets; a name that is equal always matches.
    globs.some((glob) =>
      names.some((name) => name === glob || picomatch(glob, { bash: true, dot: true })(name)),
    );
  return (include.length === 0 || matches(include)) && !matches(exclude);
}

/** Scores in original unit numbers; units that are gone already score −1. Groups that cannot be scored drop out. */
function scoreKept(
  model: Model,
  facts: Facts,
  analysis: GroupAnalysis,
  handlers: HandlerRegistry,
  eligible: readonly CoupledGroup[],
  kept: ReadonlyMap<string, readonly number[]>,
  options: PlanningOptions,
  refused: RefusalEntry[],
): ScoredGroup[] {
  const untouched = eligible.every((group) => (kept.get(group.id) ?? []).length === group.width);
  const current = untouched
    ? { facts, groups: analysis.groups }
    : shrunk(model, facts, analysis, handlers, kept);
  const byId = new Map(current.groups.map((group) => [group.id, group]));
  const context: CriterionContext = {
    seed: options.seed,
    constant: (value: Value) => requireConstant(current.facts, value),
  };
  const scored: ScoredGroup[] = [];
  for (const group of eligible) {
    const units = kept.get(group.id);
    if (units === undefined) continue;
    const now = byId.get(group.id);
    try {
      const scores = new Float64Array(group.width).fill(-1);
      if (now === undefined) for (const unit of units) scores[unit] = 1;
      else
        for (const [i, score] of options.criterion.score(now, context).entries())
          scores[units[i] as number] = score;
      scored.push({ group, scores });
    } catch (error) {
      if (isEspalierError(error, "NO_WEIGHTS"))
        refused.push(plainRefusal("NO_WEIGHTS", group.id, error.message));
      else if (isEspalierError(error, "NONFINITE")) refused.push(plainRefusal("NONFINITE", group.id));
      else throw error;
    }
  }
  return scored;
}

/** The model with what is gone so far removed, analysed anew: ids stay, because value names do. */
function shrunk(
  model: Model,
  facts: Facts,
  analysis: GroupAnalysis,
  handlers: HandlerRegistry,
  kept: ReadonlyMap<string, readonly number[]>,
): { facts: Facts; groups: readonly CoupledGroup[] } {
  const steps = [...kept].map(
    ([group, keep]): SliceStep => ({ kind: "slice", group, width: 0, keep, reason: "" }),
  );
  const smaller = sliceModel(model, facts, analysis, removalOf(analysis, steps), handlers);
  const smallerFacts = inferFacts(smaller);
  return { facts: smallerFacts, groups: findCoupledGroups(smaller, smallerFacts, handlers).groups };
}

function requireConstant(facts: Facts, value: Value): NonNullable<ReturnType<Facts["constant"]>> {
  const tensor = facts.constant(value);
  if (tensor === null)
    throw new EspalierError("NO_WEIGHTS", "A group member is no constant", { value: value.name });
  return tensor;
}

function describe(
  eligible: readonly CoupledGroup[],
  kept: ReadonlyMap<string, readonly number[]>,
  asked: ReadonlyMap<string, number>,
  options: PlanningOptions,
): Pick<MadePlan, "steps" | "widths"> {
  const steps: SliceStep[] = [];
  const widths: WidthRow[] = [];
  for (const group of eligible) {
    const keep = kept.get(group.id);
    if (keep === undefined) continue;
    widths.push({
      group: group.id,
      kind: group.kind,
      before: group.width,
      after: keep.length,
      asked: asked.get(group.id) ?? keep.length,
      exact: group.exact,
      members: group.members.length,
    });
    if (keep.length === group.width) continue;
    const reason = `${options.allocation.name} ratio ${options.ratio}, ${options.criterion.name}: ${group.width} → ${keep.length}`;
    steps.push({ kind: "slice", group: group.id, width: group.width, keep, reason });
  }
  return { steps, widths };
}

function tooNarrow(
  eligible: readonly CoupledGroup[],
  kept: ReadonlyMap<string, readonly number[]>,
): RefusalEntry[] {
  return eligible
    .filter((group) => kept.get(group.id)?.length === group.width)
    .map((group) => plainRefusal("TOO_NARROW", group.id, `${group.width} units`));
}

function allUnits(group: CoupledGroup): readonly number[] {
  return Array.from({ length: group.width }, (_, unit) => unit);
}
