// What was done on calibration inputs, in sentences: recovery, drop, and what they were measured on.

import type { DropRecord, Receipt, RecoveryEntry } from "@espalier/core";
import { formatNumberOf, formatShare } from "../text/quantity.js";
import { visibleText } from "../text/visible-text.js";

const METHODS: Readonly<Record<string, string>> = {
  reconstruct: "weights solved anew by least squares",
  bias: "biases corrected",
  "batch-norm": "normalisation statistics measured anew",
};

/** One sentence for each recovery, for what it left alone, and for the drop; none where nothing was calibrated. */
export function recoverySentences(receipt: Receipt): string[] {
  const { recovery, drop } = receipt;
  return [
    ...recovery.flatMap((entry) => [recoverySentence(entry), ...leftSentence(entry)]),
    ...(drop === undefined ? [] : [dropSentence(drop)]),
  ];
}

/** "1.77 → 0.0156" */
export function errorChange({ before, after }: Pick<RecoveryEntry, "before" | "after">): string {
  return `${formatError(before.outputError)} → ${formatError(after.outputError)}`;
}

export function formatError(error: number): string {
  return Number.isFinite(error) ? String(Number(error.toPrecision(3))) : "unbounded";
}

/** "accuracy drop 0.8 %", "output error 0.012" */
export function dropText({ measure, found }: DropRecord): string {
  if (found === null) return "no size within the drop";
  return measure === "accuracy"
    ? `accuracy drop ${signedShare(found)}`
    : `output error ${formatError(found)}`;
}

function recoverySentence({ methods = [], n, before, after }: RecoveryEntry): string {
  const done = methods.map((method) => METHODS[method] ?? visibleText(method, 40)).join(", ");
  const accuracy =
    before.accuracy === undefined || after.accuracy === undefined
      ? ""
      : `, accuracy ${formatShare(before.accuracy)} → ${formatShare(after.accuracy)}`;
  return `Recovery: ${done || "weights changed"}; output error against the dense network ${errorChange({ before, after })}${accuracy}, on the ${formatNumberOf(n, "set")} of inputs it was fitted on.`;
}

function leftSentence({ left = [] }: RecoveryEntry): string[] {
  if (left.length === 0) return [];
  const codes = [...new Set(left.map(({ code }) => visibleText(code, 60)))].join(", ");
  return [`Not recovered: ${formatNumberOf(left.length, "layer")} (${codes}).`];
}

function dropSentence(drop: DropRecord): string {
  const { measure, limit, dense, candidates, items } = drop;
  const most = measure === "accuracy" ? formatShare(limit) : formatError(limit);
  const from = dense === null ? "" : ` from ${formatShare(dense)} dense`;
  return `Drop: ${dropText(drop)}${from}, on ${formatNumberOf(items, "input")} held out from all else; at most ${most} was allowed, ${formatNumberOf(candidates.length, "size")} tried.`;
}

function signedShare(share: number): string {
  return share < 0 ? `−${formatShare(-share)}` : formatShare(share);
}
