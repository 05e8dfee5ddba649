// What a receipt entitles one to say. The one place that turns numbers into a claim; page, Markdown and
// terminal only print it. Nothing is called faster without a stable measurement, nothing the same without
// a passed parity, and a gain that lies within the spread of the runs says so.

import {
  isTraining,
  isUnavailable,
  type LatencyReport,
  type Receipt,
  type TrainingEntry,
} from "@espalier/core";
import { formatChange, formatDeviation, formatFactor, formatQuantity } from "../text/quantity.js";
import { visibleText } from "../text/visible-text.js";
import { exportStands } from "./export-text.js";
import { accuracyText, dropText, errorChange } from "./recovery-text.js";

/** good: every part is proven. caution: something is missing or no gain. bad: outputs not proven. none: nothing done. */
export type Tone = "good" | "caution" | "bad" | "none";

export interface Verdict {
  readonly tone: Tone;
  /** Two or three words for the badge. */
  readonly label: string;
  /** "1.62× faster, 41 % smaller, same outputs as the masked original (maxRel 2.1e-6)." */
  readonly sentence: string;
  /** Why the tone is not good, one sentence each, with what would help. */
  readonly reservations: readonly string[];
}

interface Clause {
  readonly text: string;
  readonly tone: Tone;
  readonly reservation?: string;
}

const RANK: Readonly<Record<Tone, number>> = { good: 0, none: 0, caution: 1, bad: 2 };

export function judge(receipt: Receipt): Verdict {
  if (receipt.artefact === null) return nothingPruned(receipt);
  const parity = parityClause(receipt);
  const clauses = [speedClause(receipt), sizeClause(receipt)];
  if (parity.tone === "bad") clauses.unshift(parity);
  else clauses.push(parity);
  clauses.push(...exportClauses(receipt));
  clauses.push(...calibratedClauses(receipt));
  const worst = clauses.reduce(
    (tone, clause) => (RANK[clause.tone] > RANK[tone] ? clause.tone : tone),
    "good" as Tone,
  );
  return {
    tone: worst,
    label: { good: "Proven", caution: "With reservations", bad: "Not proven", none: "" }[worst],
    sentence: `${capitalise(clauses.map((clause) => clause.text).join(", "))}.`,
    reservations: clauses.flatMap((clause) => clause.reservation ?? []),
  };
}

/** True when the p10–p90 ranges of the two sides meet. */
export function rangesOverlap({ before, after }: Pick<LatencyReport, "before" | "after">): boolean {
  return before.p10Ms <= after.p90Ms && after.p10Ms <= before.p90Ms;
}

function nothingPruned({ refused }: Receipt): Verdict {
  const codes = new Set(refused.map((entry) => entry.code)).size;
  const why =
    codes === 0
      ? "the receipt gives no reason"
      : codes === 1
        ? "for the reason below"
        : "for the reasons below";
  return {
    tone: "none",
    label: "Nothing pruned",
    sentence: `Nothing could be pruned as asked, ${why}. The model is unchanged.`,
    reservations: [],
  };
}

function speedClause({ latency }: Receipt): Clause {
  if (latency === null) {
    return {
      text: "speed not measured",
      tone: "caution",
      reservation: "No latency was measured in this run.",
    };
  }
  if (isUnavailable(latency)) {
    const reservation = `Latency was not measured: ${visibleText(latency.unavailable)}. ${visibleText(latency.unblock)}`;
    return { text: "speed not measured", tone: "caution", reservation };
  }
  const { speedup } = latency;
  if (speedup === null) {
    const reservation =
      "The runs spread too widely, (p90 − p10) / median above 0.25 on at least one side, so no speed-up is claimed. Measure again on an idle machine.";
    return { text: "speed undecided (unstable timing)", tone: "caution", reservation };
  }
  if (speedup >= 1.005) {
    if (!rangesOverlap(latency)) return { text: `${formatFactor(speedup)} faster`, tone: "good" };
    const reservation = "The p10–p90 ranges before and after overlap: the gain is of the size of the spread.";
    return {
      text: `${formatFactor(speedup)} faster within the spread of the runs`,
      tone: "caution",
      reservation,
    };
  }
  if (speedup > 0.995)
    return {
      text: "no faster",
      tone: "caution",
      reservation: "The medians before and after agree within 0.5 %.",
    };
  const medians = `${formatQuantity("ms", latency.before.medianMs)} → ${formatQuantity("ms", latency.after.medianMs)}`;
  const reservation = `The pruned model is slower than the clean dense baseline (${medians}): its widths may miss the steps of this machine. Try --step auto.`;
  return { text: `${formatFactor(1 / speedup)} slower`, tone: "caution", reservation };
}

function sizeClause({ size: { before, after } }: Receipt): Clause {
  const change = formatChange(before.raw, after.raw).replace(/^[+\u2212±]/, "");
  if (after.raw < before.raw) return { text: `${change} smaller`, tone: "good" };
  if (after.raw === before.raw) return { text: "no smaller", tone: "caution" };
  return {
    text: `${change} larger`,
    tone: "caution",
    reservation: "The artefact is larger than the source file.",
  };
}

/** Recovered weights give other outputs on purpose: how far from the dense network's, and what was held out. */
function calibratedClauses({ recovery, drop, accuracy }: Receipt): Clause[] {
  const clauses = recovery.map((entry): Clause => {
    if (isTraining(entry)) return trainedClause(entry);
    const text = `weights then recovered (output error ${errorChange(entry)})`;
    if (entry.after.outputError < entry.before.outputError) return { text, tone: "good" };
    const reservation =
      "The recovery did not bring the outputs closer to the dense network's on its own calibration inputs.";
    return { text, tone: "caution", reservation };
  });
  if (accuracy !== undefined) clauses.push({ text: accuracyText(accuracy), tone: "good" });
  if (drop === undefined || drop.found === null) return clauses;
  return [...clauses, { text: `${dropText(drop)} on held-out inputs`, tone: "good" }];
}

function trainedClause({ before, after, method }: TrainingEntry): Clause {
  const text = method === "distillation" ? "then fine-tuned with distillation" : "then fine-tuned";
  if (after.accuracy >= before.accuracy) return { text, tone: "good" };
  const reservation = "After fine-tuning the accuracy on the test samples is lower than before.";
  return { text, tone: "caution", reservation };
}

function parityClause({ parity, recovery }: Receipt): Clause {
  if (parity === null) {
    return {
      text: "outputs not compared",
      tone: "bad",
      reservation: "No parity was run: that the outputs are unchanged is not proven.",
    };
  }
  if (isUnavailable(parity)) {
    const reservation = `Parity could not be run: ${visibleText(parity.unavailable)}. ${visibleText(parity.unblock)}`;
    return { text: "outputs not compared", tone: "bad", reservation };
  }
  const measured = formatDeviation(parity.maxRel);
  if (parity.maxRel <= parity.tolerance) {
    const text =
      recovery.length === 0
        ? `same outputs as the masked original (maxRel ${measured})`
        : `removal proven against the masked original (maxRel ${measured})`;
    return { text, tone: "good" };
  }
  return {
    text: `outputs differ from the masked original (maxRel ${measured})`,
    tone: "bad",
    reservation: `The largest relative difference ${measured} exceeds the tolerance ${formatDeviation(parity.tolerance)}. Do not use this artefact.`,
  };
}

/** An artefact of another format is another file: that the pruned network is right says nothing of it yet. */
function exportClauses({ export: record }: Receipt): Clause[] {
  if (record === undefined) return [];
  const { runtime, maxRel, tolerance, reason = "", unblock = "" } = record;
  if (runtime === null || maxRel === null) {
    const reservation = `The artefact was not run: ${visibleText(reason)}. ${visibleText(unblock)}`;
    return [{ text: "artefact not run", tone: "caution", reservation }];
  }
  const measured = `maxRel ${formatDeviation(maxRel)} on ${visibleText(runtime, 80)}`;
  if (exportStands(record)) return [{ text: `exported (${measured})`, tone: "good" }];
  const reservation = `The artefact computes something else than the pruned network: ${measured}, allowed ${formatDeviation(tolerance ?? 0)}. Do not use it.`;
  return [{ text: `the artefact differs (${measured})`, tone: "bad", reservation }];
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
