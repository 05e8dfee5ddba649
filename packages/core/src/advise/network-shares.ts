// Where a network's work lies, as advice needs to know it: which share could shrink, which is in 1×1 convolutions,
// which in layers large enough for sparse tensor cores.

import { DataType, type Facts } from "@espalier/ir";
import { macsModel, patternOperators, totalCost } from "../cost/cost-model.js";
import { factsAt, keepUnits } from "../cost/widths.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import type { Factor } from "../groups/layout.js";
import { countParameters } from "../measure/macs.js";
import type { Subject } from "../target/subject.js";

/** Sparse tensor cores win from about this many channels on, in and out (TensorRT issues 3849 and 4065). */
export const LARGE_LAYER = 256;

export interface NetworkShares {
  /** null when a dimension is not known. */
  readonly macs: number | null;
  readonly parameters: number;
  /** Exact groups with weights. */
  readonly groups: readonly CoupledGroup[];
  /** Shares of the MACs, 0 to 1. */
  readonly pointwise: number;
  readonly large: number;
  /** MACs that are left when every group keeps half of its units, as a share. */
  readonly atHalf: number;
  readonly float32: boolean;
  /** Begins with a 3×3 stride-2 convolution of three channels and ends in a spatial mean. */
  readonly sparseShape: boolean;
}

export function networkShares(subject: Subject): NetworkShares {
  const { model, boundFacts, analysis } = subject;
  const operators = patternOperators(subject);
  const rows = operators.map(({ pattern, macs }) => ({
    pattern: pattern(boundFacts),
    macs: macs(boundFacts),
  }));
  const costs = macsModel(subject);
  const total = totalCost(costs, boundFacts);
  const known = total > 0 && subject.unbound.length === 0;
  const share = (holds: (row: (typeof rows)[number]) => boolean): number =>
    known ? rows.filter(holds).reduce((sum, { macs }) => sum + macs, 0) / total : 0;
  const groups = analysis.groups.filter(
    ({ exact, width, members }) => exact && width > 1 && members.some(({ role }) => role === "produces"),
  );
  const half = widthsAtHalf(groups, 1);
  const [stem] = rows;
  const last = [...model.graph.nodes].at(-1);
  return {
    macs: known ? total : null,
    parameters: countParameters(model, boundFacts),
    groups,
    pointwise: share(({ pattern }) => pattern?.kind === "pointwise-conv"),
    large: share(({ pattern }) => (pattern?.in ?? 0) >= LARGE_LAYER && (pattern?.out ?? 0) >= LARGE_LAYER),
    atHalf: known ? totalCost(costs, factsAt(boundFacts, analysis, half)) / total : 1,
    float32: model.graph.outputs.every((output) => boundFacts.dataType(output) === DataType.FLOAT),
    sparseShape:
      last !== undefined &&
      stem?.pattern?.in === 3 &&
      /^conv k3x3 s2x2 /.test(stem.pattern.key) &&
      reducesSpace(subject, boundFacts),
  };
}

/** Half the units of every group, rounded up to the step. */
export function widthsAtHalf(groups: readonly CoupledGroup[], step: number): Map<Factor, number> {
  const kept = new Map<Factor, number>();
  for (const group of groups) {
    const width = Math.min(group.width, Math.ceil(group.width / 2 / step) * step);
    const keep = Array.from({ length: width }, (_, i) => Math.floor((i * group.width) / width));
    keepUnits(group, keep, kept);
  }
  return kept;
}

/** Some value has lost its spatial axes to a mean: [N, C, H, W] → [N, C, 1, 1] or [N, C]. */
function reducesSpace({ model }: Subject, facts: Facts): boolean {
  return [...model.graph.nodes].some((node) => {
    const [input] = node.inputs;
    const [output] = node.outputs;
    const [from, to] = [
      input == null ? null : facts.shape(input),
      output == null ? null : facts.shape(output),
    ];
    if (from?.length !== 4 || to === null || from[1] !== to[1] || from[2] === 1) return false;
    return to.slice(2).every((dim) => dim === 1) && node.inputs.length <= 2;
  });
}
