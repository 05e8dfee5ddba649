// Rules about removing whole units, the same on every target: what can shrink, and what that saves.

import type { CostTable } from "../cost/cost-table.js";
import type { Evidence } from "../granularity/granularity.js";
import type { Subject } from "../target/subject.js";
import { type Advice, type Pays, paysAt, percent, times } from "./advice.js";
import type { AdviceCode } from "./codes.js";
import { type HalfLeft, leftAtHalf, speedupAtHalf } from "./half-width.js";
import type { NetworkShares } from "./network-shares.js";

/** Why no time is promised where none was measured. */
export const MACS_ARE_NOT_TIME: Evidence = {
  quantity: "speed-up of ResNet-50 with 2.12 times fewer MACs",
  value: 1.45,
  unit: "× faster",
  source: "cited",
  reference: "Torch-Pruning's own log, batch 32 on a GPU: 4.12 → 1.94 G MACs, 51.95 → 35.75 ms",
};

const CODES: Readonly<Record<Exclude<Pays, "unknown">, AdviceCode>> = {
  yes: "CHANNELS_PAY",
  little: "CHANNELS_PAY_LITTLE",
  no: "CHANNELS_DO_NOT_PAY",
};

/** @param table costs of the target's runtime; null where nobody measured it */
export function adviseChannels(
  target: string,
  subject: Subject,
  shares: NetworkShares,
  table: CostTable | null,
): Advice {
  const advice = (
    pays: Pays,
    code: AdviceCode,
    sentence: string,
    evidence: readonly Evidence[] = [],
    gain: number | null = null,
  ): Advice => ({
    target,
    granularity: "channel",
    benefit: "latency",
    pays,
    gain,
    code,
    sentence,
    evidence,
  });
  if (shares.groups.length === 0)
    return shares.inexact > 0
      ? advice("unknown", "ONLY_INEXACT", `only with --allow-inexact: ${counted(shares.inexact, "group")}`)
      : advice("no", "NOTHING_PRUNABLE", nothingText(shares));
  if (shares.macs === null)
    return advice("unknown", "CHANNELS_UNKNOWN", `it depends on ${openText(subject)}`);
  const left = leftAtHalf(subject, shares.groups, table?.step ?? 1);
  if (table === null)
    return advice("unknown", "CHANNELS_SAVE_WORK", `time not measured here; ${leftText(left)}`, [
      MACS_ARE_NOT_TIME,
    ]);
  const gain = speedupAtHalf(subject, shares.groups, table);
  if (gain === null)
    return advice("unknown", "COSTS_UNKNOWN", `it has kernels of unknown cost; ${leftText(left)}`);
  const evidence: Evidence = {
    quantity: "predicted speed-up with half the units of every group",
    value: Number(gain.toPrecision(3)),
    unit: "× faster",
    source: "measured",
    reference: `costs of ${table.runtime}, ${table.origin === "bundled" ? "bundled, not of this machine" : "this machine"}`,
  };
  const pays = paysAt(gain);
  return advice(pays, CODES[pays], `about ${times(gain)} faster; ${leftText(left)}`, [evidence], gain);
}

function leftText({ macs, parameters }: HalfLeft): string {
  return `${percent(macs ?? 1)} of the MACs and ${percent(parameters)} of the parameters are left`;
}

function nothingText({ denseBecause }: NetworkShares): string {
  const reasons = denseBecause.slice(0, 2).join(", ");
  return reasons === ""
    ? "it has no layers with weights that could shrink"
    : `all layers stay dense: ${reasons}`;
}

/** The options that would tell, or what else is missing. */
function openText({ unbound }: Pick<Subject, "unbound">): string {
  const options = unbound.map(({ option }) => `--dim ${option}=N`).join(" ");
  return options === "" ? "sizes that only the data tells" : `sizes you have to name: ${options}`;
}

function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** Nothing can be said: how the work is spread depends on a dimension that is left open. */
export function workUnknown(
  subject: Pick<Subject, "unbound">,
  evidence: Evidence,
): Pick<Advice, "pays" | "gain" | "code" | "sentence" | "evidence"> {
  return {
    pays: "unknown",
    gain: null,
    code: "WORK_UNKNOWN",
    sentence: `it depends on ${openText(subject)}`,
    evidence: [evidence],
  };
}
