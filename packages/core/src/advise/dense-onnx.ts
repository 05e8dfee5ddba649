// Rules for targets that run dense ONNX models: the CPU and the browser.

import { isEspalierError } from "@espalier/ir";
import { totalCost } from "../cost/cost-model.js";
import type { CostTable } from "../cost/cost-table.js";
import { latencyModel } from "../cost/latency-model.js";
import { factsAt } from "../cost/widths.js";
import type { Evidence } from "../granularity/granularity.js";
import type { Subject } from "../target/subject.js";
import type { Advice, AdviceCode, Pays } from "./advice.js";
import { type NetworkShares, widthsAtHalf } from "./network-shares.js";

/** What is known of a dense runtime: its costs, and what it does with zeros. */
export interface DenseRuntimeFacts {
  readonly target: string;
  /** null where nothing was measured on this runtime: then no time is promised. */
  readonly table: CostTable | null;
  readonly zeros: Evidence | null;
  readonly twoOfFour: Evidence | null;
}

/** From here on pruning pays, and pays a little. */
const PAYS = 1.3;
const PAYS_LITTLE = 1.05;

export function adviseDense(subject: Subject, shares: NetworkShares, facts: DenseRuntimeFacts): Advice[] {
  const { target, zeros, twoOfFour } = facts;
  const ratio = (evidence: Evidence): string =>
    `${Number(evidence.value.toPrecision(2))} × ${evidence.quantity}`;
  const advice = [channels(subject, shares, facts)];
  if (zeros !== null) {
    advice.push({
      target,
      granularity: "element",
      pays: "no",
      code: "ZEROS_SAVE_NO_TIME",
      sentence: `Single zeros: no faster (${ratio(zeros)}); only a smaller download.`,
      evidence: [zeros],
    });
  }
  if (twoOfFour !== null) {
    advice.push({
      target,
      granularity: "n-m",
      pays: "no",
      code: "PATTERN_SAVES_NO_TIME",
      sentence: `2:4: no faster (${ratio(twoOfFour)}).`,
      evidence: [twoOfFour],
    });
  }
  return advice;
}

function channels(subject: Subject, shares: NetworkShares, { target, table }: DenseRuntimeFacts): Advice {
  const advice = (pays: Pays, code: AdviceCode, sentence: string, evidence: Evidence[] = []): Advice => ({
    target,
    granularity: "channel",
    pays,
    code,
    sentence,
    evidence,
  });
  if (shares.groups.length === 0)
    return advice("no", "NOTHING_PRUNABLE", "No group of this network can shrink.");
  if (shares.macs === null) {
    const open = subject.unbound.map(({ option }) => `--dim ${option}=N`).join(" ");
    return advice(
      "unknown",
      "CHANNELS_UNKNOWN",
      `Units can go; bind ${open || "its shapes"} to learn what that saves.`,
    );
  }
  const speedup = table === null ? null : speedupAtHalf(subject, shares, table);
  if (table === null || speedup === null)
    return advice(
      "unknown",
      "CHANNELS_SAVE_WORK",
      `Half the units leave ${percent(shares.atHalf)} of the MACs.`,
    );
  const evidence: Evidence = {
    quantity: "predicted speed-up with half the units of every group",
    value: Number(speedup.toPrecision(3)),
    unit: "×",
    source: "measured",
    reference: `costs of ${table.runtime}, ${table.origin === "bundled" ? "bundled, not of this machine" : "this machine"}`,
  };
  const said = `Half the units: about ${speedup.toFixed(1)} × faster, ${percent(shares.atHalf)} of the MACs.`;
  if (speedup >= PAYS) return advice("yes", "CHANNELS_PAY", said, [evidence]);
  if (speedup >= PAYS_LITTLE) return advice("little", "CHANNELS_PAY_LITTLE", said, [evidence]);
  return advice("no", "CHANNELS_DO_NOT_PAY", said, [evidence]);
}

/** Dense over half width by the cost table; null where it does not know a kernel. */
export function speedupAtHalf(subject: Subject, shares: NetworkShares, table: CostTable): number | null {
  try {
    const costs = latencyModel(subject, table);
    const half = factsAt(subject.boundFacts, subject.analysis, widthsAtHalf(shares.groups, table.step));
    return totalCost(costs, subject.boundFacts) / totalCost(costs, half);
  } catch (error) {
    if (isEspalierError(error, "UNKNOWN_COST")) return null;
    throw error;
  }
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
