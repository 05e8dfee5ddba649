// The part of a plan that follows removal: in which order units lie, and which weights of which layers become 0 so that
// every block follows the pattern.

import { type Facts, inferFacts, type Model, readFloats, type Tensor } from "@espalier/ir";
import { type PermuteOptions, permuteGroups } from "../channel-permutation/permute-groups.js";
import { REASONS, type ReasonCode } from "../groups/refusal.js";
import { storedByName } from "../plan/apply-masks.js";
import { applySteps } from "../plan/apply-steps.js";
import type { KeptUnits } from "../plan/kept-units.js";
import type { LooseStep } from "../plan/plan-data.js";
import { removalOf } from "../plan/removal.js";
import type { RefusalEntry } from "../receipt/receipt.js";
import type { Subject } from "../target/subject.js";
import { largestOfBlocks } from "./block-largest.js";
import { type NmPattern, patternText } from "./pattern.js";
import { type DenseLayer, type PatternLayer, patternLayers } from "./pattern-layers.js";

export interface PatternPlanOptions extends PermuteOptions {
  readonly pattern: NmPattern;
  /** Why a layer that could carry the pattern stays dense; null where it carries it. Default: all carry it. */
  readonly staysDense?: (layer: PatternLayer, smaller: Model, facts: Facts) => ReasonedDense | null;
  /** Whether units may change places: only for 2:4. */
  readonly permute: boolean;
}

/** Why a layer stays dense although the pattern fits. */
export interface ReasonedDense {
  readonly code: ReasonCode;
  readonly detail: string | null;
}

export interface PatternPlan {
  /** Permutations, then masks. */
  readonly steps: readonly LooseStep[];
  readonly layers: readonly PatternLayer[];
  readonly dense: readonly DenseLayer[];
  /** Groups whose units could not change places. */
  readonly refused: readonly RefusalEntry[];
}

/**
 * Chooses orders and masks for what `removed` leaves of the network. Deterministic.
 *
 * @param removed the units that stay, as slices give them
 * @param keepOverridable as the plan's clean-ups are
 */
export function planPattern(
  subject: Subject,
  removed: readonly KeptUnits[],
  keepOverridable: boolean,
  { pattern, staysDense = () => null, permute, ...options }: PatternPlanOptions,
): PatternPlan {
  const { model, facts, analysis, handlers, bindings } = subject;
  const apply = (steps: readonly KeptUnits[]): Model =>
    applySteps(model, facts, analysis, steps, handlers, { keepOverridable }).model;
  const smaller = apply(removed);
  const smallerFacts = inferFacts(smaller, { bindings });
  const found = patternLayers(smaller, smallerFacts, handlers, pattern);
  const dense = [...found.dense];
  const constants = constantsOf(smaller, smallerFacts);
  const layers = found.layers.filter((layer) => {
    const tensor = constants.get(layer.name) ?? null;
    const why = hasFiniteWeights(tensor) ? staysDense(layer, smaller, smallerFacts) : NOT_FINITE;
    if (why !== null) dense.push(denseLayer(layer, why));
    return why === null;
  });
  const { orders, refused } = permute
    ? permuteGroups(
        analysis.groups,
        removalOf(analysis, removed),
        readingLayers(subject, smaller, layers),
        smallerFacts,
        options,
      )
    : { orders: [], refused: [] };
  const steps: LooseStep[] = orders.map(({ group, width, order, kept }) => {
    const gain = `${patternText(pattern)} keeps ${percent(kept.after / kept.before - 1)} more of |w|`;
    return { step: { kind: "permute", group, width, kept, reason: gain }, order };
  });
  const arranged = orders.length === 0 ? smaller : apply(reordered(removed, orders));
  const weights = constantsOf(arranged, inferFacts(arranged));
  for (const { name, dims, axis } of layers) {
    const tensor = weights.get(name);
    if (tensor === undefined) throw new Error(`weight ${name} is gone`);
    const values = readFloats(tensor);
    const mask = largestOfBlocks(values, new Uint8Array(values.length).fill(1), { dims, axis }, pattern);
    const reason = `largest |w| of every block of ${pattern.block} along axis ${axis}`;
    steps.push({ step: { kind: "mask", tensor: name, dims, pattern: { ...pattern, axis }, reason }, mask });
  }
  return { steps, layers, dense, refused };
}

const NOT_FINITE: ReasonedDense = { code: "NONFINITE", detail: null };

function hasFiniteWeights(tensor: Tensor | null): boolean {
  return tensor !== null && readFloats(tensor).every(Number.isFinite);
}

/** Tensors of the stored weights by name. */
function constantsOf(model: Model, facts: Facts): ReadonlyMap<string, Tensor> {
  return new Map(
    [...storedByName(model)].flatMap(([name, value]) => {
      const tensor = facts.constant(value);
      return tensor === null ? [] : [[name, tensor] as const];
    }),
  );
}

function denseLayer({ name, nodes }: PatternLayer, { code, detail }: ReasonedDense): DenseLayer {
  const { text: reason, unblock } = REASONS[code];
  return { name, nodes, code, reason, unblock, detail };
}

function readingLayers(
  { analysis }: Subject,
  smaller: Model,
  layers: readonly PatternLayer[],
): Parameters<typeof permuteGroups>[2] {
  const stored = storedByName(smaller);
  const original = new Map(
    [...analysis.links.table.entries()].map(([value, axes]) => [value.name, axes] as const),
  );
  return layers.flatMap((layer) => {
    const layout = original.get(layer.name)?.[layer.axis];
    const value = stored.get(layer.name);
    return layout === undefined || value === undefined ? [] : [{ ...layer, layout, value }];
  });
}

function reordered(
  removed: readonly KeptUnits[],
  orders: readonly { readonly group: string; readonly width: number; readonly order: Uint32Array }[],
): KeptUnits[] {
  const slices = new Map(removed.map((step) => [step.group, step]));
  const ordered = new Set(orders.map(({ group }) => group));
  return [
    ...removed.filter(({ group }) => !ordered.has(group)),
    ...orders.map(({ group, width, order }): KeptUnits => {
      const stays = new Set(slices.get(group)?.keep ?? order);
      return { group, width, keep: [...order].filter((unit) => stays.has(unit)) };
    }),
  ];
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
