// Makes a plan: groups → scores → widths → kept units. Pure and deterministic: same model, options and seed
// give the same plan.

import { EspalierError, type Facts, inferFacts, isEspalierError, type Model, type Value } from "@espalier/ir";
import picomatch from "picomatch";
import type { Allocated, Allocation, AllocationOptions, ScoredGroup } from "../allocation/allocation.js";
import type { CoupledGroup, GroupMember } from "../groups/coupled-group.js";
import { findCoupledGroups, type GroupAnalysis } from "../groups/find-groups.js";
import { removedPositions } from "../groups/positions.js";
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
  /** The request in words, for the reason of every step; default: the ratio. */
  readonly request?: string;
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

/** The groups that these options allow to shrink. */
export function eligibleGroups(analysis: GroupAnalysis, options: Eligibility): readonly CoupledGroup[] {
  return analysis.groups.filter((group) => ineligible(group, options) === null);
}

type Eligibility = Pick<PlanningOptions, "include" | "exclude" | "allowInexact">;

function ineligible(group: CoupledGroup, options: Eligibility): RefusalEntry | null {
  if (group.width < 2) return plainRefusal("TOO_NARROW", group.id);
  if (!group.members.some((member) => member.role === "produces"))
    return plainRefusal("NO_WEIGHTS", group.id);
  if (!isIncluded(group, options)) return plainRefusal("EXCLUDED", group.id);
  if (!group.exact && !options.allowInexact && group.inexactReason !== null)
    return refusalEntry(group.inexactReason, { group: group.id });
  return null;
}

function isIncluded(group: CoupledGroup, { include, exclude }: Eligibility): boolean {
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
  const current = untouched ? null : shrunk(model, facts, analysis, handlers, kept);
  const contextOf = (known: Facts): CriterionContext => ({
    seed: options.seed,
    constant: (value: Value) => requireConstant(known, value),
  });
  const scored: ScoredGroup[] = [];
  for (const group of eligible) {
    const units = kept.get(group.id);
    if (units === undefined) continue;
    const now = current?.twinOf(group) ?? null;
    try {
      const scores = new Float64Array(group.width).fill(-1);
      if (current !== null && now !== null && now.width === units.length) {
        const anew = options.criterion.score(now, contextOf(current.facts));
        for (const [i, unit] of units.entries()) scores[unit] = anew[i] as number;
      } else {
        const original = options.criterion.score(group, contextOf(facts));
        for (const unit of units) scores[unit] = original[unit] as number;
      }
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

interface Shrunk {
  readonly facts: Facts;
  /** The group that holds what is left of one of the original; null when that can no longer shrink. */
  twinOf(group: CoupledGroup): CoupledGroup | null;
}

/** The model with what is gone so far removed, analysed anew. */
function shrunk(
  model: Model,
  facts: Facts,
  analysis: GroupAnalysis,
  handlers: HandlerRegistry,
  kept: ReadonlyMap<string, readonly number[]>,
): Shrunk {
  const steps = [...kept].map(
    ([group, keep]): SliceStep => ({ kind: "slice", group, width: 0, keep, reason: "" }),
  );
  const removal = removalOf(analysis, steps);
  const smaller = sliceModel(model, facts, analysis, removal, handlers);
  const smallerFacts = inferFacts(smaller);
  const { groups } = findCoupledGroups(smaller, smallerFacts, handlers);
  return {
    facts: smallerFacts,
    // Not by id: groups of one axis are numbered, and a group that became too narrow is not counted any more.
    twinOf: ({ members }) => {
      const [member] = members;
      if (member === undefined) return null;
      const { value, axis, unitOf } = member;
      const layout = analysis.links.table.of(value)?.[axis];
      const gone = layout === undefined ? null : removedPositions(layout, removal);
      const left = [...unitOf].filter((_, position) => gone?.[position] !== 1);
      const place = left.findIndex((unit) => unit >= 0);
      const holds = (one: GroupMember): boolean =>
        one.value.name === value.name && one.axis === axis && (one.unitOf[place] ?? -1) >= 0;
      return groups.find((group) => group.members.some(holds)) ?? null;
    },
  };
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
    const request = options.request ?? `ratio ${options.ratio}`;
    const reason = `${options.allocation.name} ${request}, ${options.criterion.name}: ${group.width} → ${keep.length}`;
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
