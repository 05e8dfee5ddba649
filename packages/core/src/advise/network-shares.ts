// Where a network's work lies, as advice needs to know it: which groups can shrink, which share of the work is in 1×1
// convolutions, and which in layers large enough for sparse tensor cores.

import { type PatternOperator, patternOperators } from "../cost/cost-model.js";
import type { CostPattern } from "../cost/cost-pattern.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import type { ReasonCode } from "../groups/refusal.js";
import { countMacs, countParameters } from "../measure/macs.js";
import type { Subject } from "../target/subject.js";
import { sparseChainObstacle } from "./sparse-chain.js";

/**
 * Sparse tensor cores win from about this many channels on, in and out (TensorRT's maintainers, issues 3849 and 4065).
 */
export const LARGE_LAYER = 256;

export interface NetworkShares {
  /** null when a dimension is not known. */
  readonly macs: number | null;
  readonly parameters: number;
  /** Groups with weights that can shrink exactly. */
  readonly groups: readonly CoupledGroup[];
  /** Groups with weights that only shrink on request. */
  readonly inexact: number;
  /** What keeps weights dense, the most frequent first. */
  readonly denseBecause: readonly ReasonCode[];
  /** Shares of the MACs, 0 to 1; null when a dimension is not known. */
  readonly pointwise: number | null;
  readonly large: number | null;
  /** What keeps XNNPACK's sparse kernels from this network; null when nothing does. */
  readonly sparseObstacle: string | null;
}

export function networkShares(subject: Subject): NetworkShares {
  const { model, boundFacts, handlers, analysis, unbound } = subject;
  const operators = patternOperators(subject);
  const total = countMacs(model, boundFacts, handlers).total;
  const macs = unbound.length > 0 || total === 0 ? null : total;
  const share = (holds: (pattern: CostPattern) => boolean): number | null =>
    macs === null ? null : macsWhere(operators, subject, holds) / macs;
  const weighted = analysis.groups.filter(
    ({ width, members }) => width > 1 && members.some(({ role }) => role === "produces"),
  );
  return {
    macs,
    parameters: countParameters(model, boundFacts),
    groups: weighted.filter(({ exact }) => exact),
    inexact: weighted.filter(({ exact }) => !exact).length,
    denseBecause: byFrequency(analysis.dense.map(({ reason }) => reason.code)),
    pointwise: share(({ kind }) => kind === "pointwise-conv"),
    large: share(isLarge),
    sparseObstacle: sparseChainObstacle(subject, operators),
  };
}

/** In grouped and depthwise convolutions each filter reads a few channels only: they are never large. */
function isLarge(pattern: CostPattern): boolean {
  if (pattern.depthwise === true || pattern.kind.startsWith("grouped-")) return false;
  return pattern.in >= LARGE_LAYER && pattern.out >= LARGE_LAYER && pattern.in % 4 === 0;
}

function macsWhere(
  operators: readonly PatternOperator[],
  { boundFacts }: Subject,
  holds: (pattern: CostPattern) => boolean,
): number {
  return operators.reduce((sum, operator) => {
    const pattern = operator.pattern(boundFacts);
    return pattern !== null && holds(pattern) ? sum + operator.macs(boundFacts) : sum;
  }, 0);
}

function byFrequency<T>(items: readonly T[]): T[] {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([item]) => item);
}
