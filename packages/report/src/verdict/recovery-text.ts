// What was done on calibration inputs and training data, in sentences: recovery, fine-tuning, drop, and what they were
// measured on.

import {
  type AccuracyRecord,
  type DropRecord,
  isTraining,
  type Receipt,
  type RecoveryEntry,
  type TrainingEntry,
} from "@espalier/core";
import { formatNumberOf, formatShare } from "../text/quantity.js";
import { visibleText } from "../text/visible-text.js";

const METHODS: Readonly<Record<string, string>> = {
  reconstruct: "weights solved anew by least squares",
  bias: "biases corrected",
  "batch-norm": "normalisation statistics measured anew",
};

/** One sentence for each recovery, for what it left alone, for training, accuracy and the drop; none where none was. */
export function recoverySentences(receipt: Receipt): string[] {
  const { recovery, drop, accuracy } = receipt;
  return [
    ...recovery.flatMap((entry) =>
      isTraining(entry) ? [trainingSentence(entry)] : [recoverySentence(entry), ...leftSentence(entry)],
    ),
    ...(accuracy === undefined ? [] : [accuracySentence(accuracy)]),
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

/** "accuracy 98.2 % → 97.9 % on digits": of the source, and of what is deployed. */
export function accuracyText({ before, recovered, exported, dataset }: AccuracyRecord): string {
  const after = exported?.accuracy ?? recovered;
  return `accuracy ${exactShare(before)} → ${exactShare(after)} on ${visibleText(dataset, 60)}`;
}

function trainingSentence({ method, epochs, dataset, n, before, after }: TrainingEntry): string {
  const how = method === "distillation" ? " with distillation from the dense network" : "";
  return `Fine-tuning${how}: ${formatNumberOf(epochs, "epoch")} on ${formatNumberOf(n, "sample")} of ${visibleText(dataset, 60)}; on its test part loss ${formatError(before.loss)} → ${formatError(after.loss)}, accuracy ${exactShare(before.accuracy)} → ${exactShare(after.accuracy)}.`;
}

function accuracySentence({ dataset, n, before, pruned, recovered, exported }: AccuracyRecord): string {
  const deployed =
    exported === undefined
      ? ""
      : `, the exported file ${exactShare(exported.accuracy)} on ${visibleText(exported.runtime, 80)}`;
  return `Accuracy on ${formatNumberOf(n, "test sample")} of ${visibleText(dataset, 60)}: dense ${exactShare(before)}, pruned ${exactShare(pruned)}, recovered ${exactShare(recovered)}${deployed}.`;
}

/** Accuracies are compared by tenths of a percent. */
function exactShare(share: number): string {
  return `${(100 * share).toFixed(share === 1 ? 0 : 1)}\u00a0%`;
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
