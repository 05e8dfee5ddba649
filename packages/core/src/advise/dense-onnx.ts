// Rules for targets that run dense ONNX models: the CPU and the browser.

import type { CostTable } from "../cost/cost-table.js";
import type { Evidence } from "../granularity/granularity.js";
import { ZEROS_SKIPPED_BELOW } from "../granularity/verdicts.js";
import type { Subject } from "../target/subject.js";
import { type Advice, paysAt, times } from "./advice.js";
import { adviseChannels } from "./channels.js";
import type { AdviceCode } from "./codes.js";
import { adviseDownload, type Download } from "./download.js";
import { leftAtHalf } from "./half-width.js";
import type { NetworkShares } from "./network-shares.js";

/** What is known of a dense runtime: its costs, what it does with zeros, what fetching it takes. */
export interface DenseRuntimeFacts {
  readonly target: string;
  /** null where nothing was measured on this runtime: then no time is promised. */
  readonly table: CostTable | null;
  readonly zeros: Evidence | null;
  readonly twoOfFour: Evidence | null;
  /** Where the model is fetched before it runs. */
  readonly download?: Download;
}

/** The model that ONNX Runtime runs, written by itself: as large with zeros as without. */
export const STORED_DENSE: Evidence = {
  quantity: "weights that ONNX Runtime keeps, with 90 % zeros over dense",
  value: 1,
  unit: "× the bytes",
  source: "measured",
  reference: "the optimised model that ONNX Runtime 1.30.0 writes of a 3×3 convolution",
};

export function adviseDense(subject: Subject, shares: NetworkShares, facts: DenseRuntimeFacts): Advice[] {
  const { target, table, zeros, twoOfFour, download } = facts;
  return [
    adviseChannels(target, subject, shares, table),
    ...(download === undefined || shares.groups.length === 0
      ? []
      : [adviseDownload(target, download, leftAtHalf(subject, shares.groups, table?.step ?? 1))]),
    zerosAdvice(target, "element", zeros, "ZEROS_SAVE_TIME", "ZEROS_SAVE_NO_TIME"),
    zerosAdvice(target, "n-m", twoOfFour, "PATTERN_SAVES_TIME", "PATTERN_SAVES_NO_TIME"),
  ];
}

/** @param measured time of a layer with zeros over its dense time; null where only their storage is known */
function zerosAdvice(
  target: string,
  granularity: "element" | "n-m",
  measured: Evidence | null,
  saves: AdviceCode,
  savesNot: AdviceCode,
): Advice {
  const common = { target, granularity, benefit: "latency" as const };
  if (measured !== null && measured.value < ZEROS_SKIPPED_BELOW) {
    const gain = 1 / measured.value;
    return {
      ...common,
      pays: paysAt(gain),
      gain,
      code: saves,
      sentence: `a layer ran ${times(gain)} faster with them`,
      evidence: [measured],
    };
  }
  const ran = measured === null ? "" : ` (a layer took ${measured.value.toFixed(2)}× its dense time)`;
  return {
    ...common,
    pays: "no",
    gain: null,
    code: savesNot,
    sentence: `no faster: it multiplies by zeros too${ran}`,
    evidence: measured === null ? [STORED_DENSE] : [measured, STORED_DENSE],
  };
}
