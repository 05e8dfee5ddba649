// Plans that remove single weights. They are worth something in TFLite where XNNPACK skips them, and nothing in dense
// storage: so a plan is made where every condition of its sparse kernels holds, and refused with the conditions elsewhere.

import {
  applyMasks,
  applySteps,
  isDropBudget,
  type LooseStep,
  maskSteps,
  type PlannedModel,
  type PlanningRunOptions,
  packPlanData,
  planModel,
  type RefusalEntry,
  smallestOf,
  storedByName,
} from "@espalier/core";
import { EspalierError, type Model, readFloats, type Tensor } from "@espalier/ir";
import { pointwiseWeights } from "../sparse/pointwise-weights.js";
import { refusalEntry, tfliteFormat } from "./tflite-format.js";

/** What `granularity` is called. */
export const ELEMENT = "element";

/**
 * Masks the smallest |w| of every 1x1 convolution, the same share of each.
 *
 * @param target name of the target
 * @throws EspalierError `INVALID_OPTION` for what single weights are not pruned by; what `planModel` throws
 */
export async function planElements(
  target: string,
  bytes: Uint8Array,
  { granularity: _, ...options }: PlanningRunOptions,
): Promise<PlannedModel> {
  const ratio = ratioOf(options);
  const settings = { ...options.export, sparse: "densify" };
  const untouched = await planModel({ name: target, format: tfliteFormat }, bytes, {
    ...options,
    budget: { ratio: 0 },
    export: { ...options.export, sparse: "none" },
  });
  const planned: PlannedModel = {
    ...untouched,
    plan: {
      ...untouched.plan,
      budget: { kind: "ratio", value: ratio },
      options: { ...untouched.plan.options, granularity: ELEMENT, allocation: "uniform", export: settings },
    },
    refused: untouched.refused.filter(({ group }) => group === null), // nothing was asked of groups
  };
  const { subject } = planned;
  if (subject.unbound.length > 0 || planned.refused.length > 0) return planned;
  const { names, failures } = pointwiseWeights(subject.model, subject.bindings);
  if (failures.length > 0) return { ...planned, refused: failures.map(worthNothing) };
  const cleaned = cleanedModel(planned, options);
  const packed = await packPlanData(masksOf(cleaned, names, ratio), options.host);
  const masked = applyMasks(cleaned, maskSteps(packed.steps), packed.data);
  const written = tfliteFormat.export(masked, { bindings: subject.bindings, settings });
  if ("refused" in written) return { ...planned, refused: written.refused.map(worthNothing) };
  return {
    ...planned,
    plan: { ...planned.plan, data: packed.file, steps: packed.steps },
    data: packed.data,
  };
}

/** The network that masks are put on: removed is nothing. */
function cleanedModel(
  { subject: { model, facts, analysis, handlers } }: PlannedModel,
  { keepOverridable = false }: Pick<PlanningRunOptions, "keepOverridable">,
): Model {
  return applySteps(model, facts, analysis, [], handlers, { keepOverridable }).model;
}

function masksOf(model: Model, names: readonly string[], ratio: number): LooseStep[] {
  const stored = storedByName(model);
  return names.map((name): LooseStep => {
    const tensor = stored.get(name)?.initializer;
    if (tensor == null) throw computedWeight(name);
    const values = finite(tensor, name);
    const count = Math.round(ratio * values.length);
    const mask = smallestOf(values, new Uint8Array(values.length).fill(1), count);
    const reason = `the ${count} smallest |w| of ${values.length}`;
    return { step: { kind: "mask", tensor: name, dims: tensor.dims, reason }, mask };
  });
}

function finite(tensor: Tensor, name: string): Float32Array {
  const values = Float32Array.from(readFloats(tensor));
  if (values.every(Number.isFinite)) return values;
  throw new EspalierError("NONFINITE", "A weight is not finite, so none is the smallest", { value: name });
}

function computedWeight(name: string): EspalierError {
  return new EspalierError("NO_WEIGHTS", "The weight of a 1x1 convolution is computed from others", {
    value: name,
    unblock: "Fold the constants of the network first: export it again, simplified.",
  });
}

function worthNothing(failure: Omit<RefusalEntry, "group">): RefusalEntry {
  const entry = refusalEntry(failure);
  return { ...entry, reason: `${entry.reason}; zeros in dense storage are worth nothing here` };
}

function ratioOf({ budget, criterion, allocation, schedule, include, exclude }: Options): number {
  const ratio = !isDropBudget(budget) && "ratio" in budget ? budget.ratio : null;
  if (ratio === null || !(ratio > 0 && ratio < 1))
    throw invalid("budget", "--ratio, the share of the weights of 1x1 convolutions", JSON.stringify(budget));
  const name = typeof criterion === "object" ? criterion.name : (criterion ?? "l1");
  if (name !== "l1" && name !== "l2") throw invalid("criterion", "magnitudes: l1", name);
  const spread = typeof allocation === "object" ? allocation.name : (allocation ?? "uniform");
  if (spread !== "uniform") throw invalid("allocation", "uniform", spread);
  if (schedule !== undefined && schedule.name !== "one-shot")
    throw invalid("schedule", "one-shot", schedule.name);
  const [glob] = [...(include ?? []), ...(exclude ?? [])];
  if (glob !== undefined) throw invalid("include", "all 1x1 convolutions: the condition is on all", glob);
  return ratio;
}

type Options = Pick<
  PlanningRunOptions,
  "budget" | "criterion" | "allocation" | "schedule" | "include" | "exclude"
>;

function invalid(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "Single weights are not pruned by this", {
    where,
    expected,
    found,
  });
}
