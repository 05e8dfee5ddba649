// From the steps of a plan to removed indices per factor, with every claim of the plan checked.

import { EspalierError, quoteName } from "@espalier/ir";
import type { Arrangement, Orders } from "../groups/arrangement.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import type { GroupAnalysis } from "../groups/find-groups.js";
import type { Factor } from "../groups/layout.js";
import type { Removal } from "../groups/positions.js";
import type { KeptUnits } from "./kept-units.js";
import {
  type FinetuneData,
  finetuneStep,
  type PlanStep,
  permuteSteps,
  type SliceStep,
  sliceSteps,
  weightSteps,
} from "./plan.js";

/** Removed indices of every factor. Steps must fit the groups of the model. */
export function removalOf(analysis: GroupAnalysis, steps: readonly KeptUnits[]): Removal {
  const byId = new Map(analysis.groups.map((group) => [group.id, group]));
  const removal = new Map<Factor, Uint8Array>();
  for (const { group: id, keep } of steps) {
    const group = byId.get(id);
    if (group === undefined) throw mismatch(id, "a coupled group of this model", "no such group");
    removeUnits(group, keep, removal);
  }
  return removal;
}

/** The same with the order in which kept units lie. */
export function arrangementOf(analysis: GroupAnalysis, steps: readonly KeptUnits[]): Arrangement {
  return { removal: removalOf(analysis, steps), orders: ordersOf(analysis, steps) };
}

/** Orders of the factors whose units change places; within each, removed units come last. */
function ordersOf(analysis: GroupAnalysis, steps: readonly KeptUnits[]): Orders {
  const byId = new Map(analysis.groups.map((group) => [group.id, group]));
  const orders = new Map<Factor, Uint32Array>();
  for (const { group: id, keep } of steps) {
    if (keep.every((unit, i) => unit > (keep[i - 1] ?? -1))) continue;
    for (const [factor, offset] of byId.get(id)?.factors ?? []) {
      const size = factor.size as number;
      const own = keep.filter((unit) => unit >= offset && unit < offset + size).map((unit) => unit - offset);
      const stays = new Set(own);
      const gone = Array.from({ length: size }, (_, i) => i).filter((i) => !stays.has(i));
      orders.set(factor, Uint32Array.from([...own, ...gone]));
    }
  }
  return orders;
}

/**
 * Checks steps that come from a file against the groups of a model, and gives those that remove.
 *
 * @param weights what becomes of steps that update weights: "refuse" them, or "replay" them afterwards (`replayWeights`)
 * @throws EspalierError `PLAN_MISMATCH` naming the step; `CALIBRATION_MISSING` for a weight update that is refused
 */
export function checkSteps(
  analysis: GroupAnalysis,
  all: readonly PlanStep[],
  weights: "refuse" | "replay" = "refuse",
): readonly SliceStep[] {
  const [update] = weightSteps(all);
  if (update !== undefined && weights === "refuse") throw calibrationMissing(update.dataSha256, update.count);
  const training = finetuneStep(all);
  if (training !== null && weights === "refuse")
    throw trainingDataMissing(training.data, "nothing that trains");
  const steps = sliceSteps(all);
  const byId = new Map(analysis.groups.map((group) => [group.id, group]));
  const seen = new Set<string>();
  for (const { group: id, width, keep } of steps) {
    const group = byId.get(id);
    if (group === undefined) throw mismatch(id, "a coupled group of this model", "no such group");
    if (seen.has(id)) throw mismatch(id, "one step per group", "two");
    seen.add(id);
    if (group.width !== width) throw mismatch(id, `${group.width} units`, String(width));
    if (keep.length === 0) throw mismatch(id, "at least one unit kept", "none");
    keep.forEach((unit, i) => {
      const previous = keep[i - 1] ?? -1;
      if (!Number.isSafeInteger(unit) || unit <= previous || unit >= width) {
        throw mismatch(id, `ascending units below ${width}`, `${unit} after ${previous}`);
      }
    });
  }
  return steps;
}

/**
 * Checks permutations that come from a file: units change places only with units of their own factor, and where no
 * operator reads neighbours.
 *
 * @throws EspalierError `PLAN_MISMATCH` naming the group
 */
export function checkOrders(
  analysis: GroupAnalysis,
  steps: readonly PlanStep[],
  orders: ReadonlyMap<string, Uint32Array>,
): void {
  const byId = new Map(analysis.groups.map((group) => [group.id, group]));
  for (const { group: id, width } of permuteSteps(steps)) {
    const [group, order] = [byId.get(id), orders.get(id)];
    if (group === undefined || order === undefined)
      throw mismatch(id, "a coupled group of this model", "no such group");
    if (group.width !== width) throw mismatch(id, `${group.width} units`, String(width));
    for (const [factor, offset] of group.factors) {
      const places = order.subarray(offset, offset + (factor.size as number));
      const stray = places.find((unit) => unit < offset || unit >= offset + places.length);
      if (stray !== undefined) throw mismatch(id, `units from ${offset} on, each among its own`, `${stray}`);
      if (factor.ordered !== null && places.some((unit, i) => unit !== offset + i))
        throw mismatch(id, "units in their order", "an operator reads neighbours along this axis");
    }
  }
}

function removeUnits(group: CoupledGroup, keep: readonly number[], removal: Map<Factor, Uint8Array>): void {
  const removed = new Uint8Array(group.width).fill(1);
  for (const unit of keep) removed[unit] = 0;
  for (const [factor, offset] of group.factors) {
    const own = removed.slice(offset, offset + (factor.size as number));
    if (own.includes(1)) removal.set(factor, own);
  }
}

function mismatch(group: string, expected: string, found: string): EspalierError {
  return new EspalierError("PLAN_MISMATCH", `The plan does not fit this model at group ${quoteName(group)}`, {
    where: group,
    expected,
    found,
    unblock: "Apply a plan only to the model it was made for.",
  });
}

function calibrationMissing(sha256: string, count: number): EspalierError {
  return new EspalierError("CALIBRATION_MISSING", "The plan updates weights on calibration inputs", {
    where: "update-weights",
    expected: `the ${count} input sets with digest ${sha256}`,
    found: "no inputs",
    unblock: "Hand over the same calibration inputs that the plan was made with.",
  });
}

/** @param found what is there instead */
export function trainingDataMissing({ name, sha256, count }: FinetuneData, found: string): EspalierError {
  return new EspalierError("DATA_MISSING", "The plan trains on a data set", {
    where: "finetune",
    expected: `${count} samples of ${name} with digest ${sha256}`,
    found,
    unblock: "Apply it with the command line, where that data set is at hand.",
  });
}
