// The network that advice speaks of: every group that can shrink without approximation keeps half of its units.

import { isEspalierError } from "@espalier/ir";
import { macsModel, parametersModel, totalCost } from "../cost/cost-model.js";
import type { CostTable } from "../cost/cost-table.js";
import { latencyModel } from "../cost/latency-model.js";
import { factsAt, keepUnits } from "../cost/widths.js";
import type { CoupledGroup } from "../groups/coupled-group.js";
import type { Factor } from "../groups/layout.js";
import type { Subject } from "../target/subject.js";

/** What is left at half width, as shares of the dense network, 0 to 1. */
export interface HalfLeft {
  /** null when a dimension is not known. */
  readonly macs: number | null;
  readonly parameters: number;
}

/** Half the units of every group, rounded up to the step, as `--ratio 0.5 --step N` keeps them. */
function widthsAtHalf(groups: readonly CoupledGroup[], step: number): Map<Factor, number> {
  const kept = new Map<Factor, number>();
  for (const group of groups) {
    const width = Math.min(group.width, Math.ceil(group.width / 2 / step) * step);
    const keep = Array.from({ length: width }, (_, i) => Math.floor((i * group.width) / width));
    keepUnits(group, keep, kept);
  }
  return kept;
}

export function leftAtHalf(subject: Subject, groups: readonly CoupledGroup[], step: number): HalfLeft {
  const { boundFacts, analysis } = subject;
  const half = factsAt(boundFacts, analysis, widthsAtHalf(groups, step));
  const macs = macsModel(subject);
  const parameters = parametersModel(subject);
  const dense = totalCost(macs, boundFacts);
  const weights = totalCost(parameters, boundFacts);
  return {
    macs: dense > 0 && subject.unbound.length === 0 ? totalCost(macs, half) / dense : null,
    parameters: weights === 0 ? 1 : totalCost(parameters, half) / weights,
  };
}

/** Time of the dense network over its time at half width, by the cost table; null where that lacks a kernel. */
export function speedupAtHalf(
  subject: Subject,
  groups: readonly CoupledGroup[],
  table: CostTable,
): number | null {
  try {
    const costs = latencyModel(subject, table);
    const half = factsAt(subject.boundFacts, subject.analysis, widthsAtHalf(groups, table.step));
    const [dense, narrow] = [totalCost(costs, subject.boundFacts), totalCost(costs, half)];
    return dense > 0 && narrow > 0 ? dense / narrow : null;
  } catch (error) {
    if (isEspalierError(error, "UNKNOWN_COST")) return null;
    throw error;
  }
}
