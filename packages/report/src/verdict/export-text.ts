// What a receipt says of an artefact that is no ONNX file: whether it computes what the pruned network does.

import type { ExportRecord, Receipt } from "@espalier/core";
import { formatDeviation, formatNumberOf } from "../text/quantity.js";
import { visibleText } from "../text/visible-text.js";

/** One sentence for page, Markdown and terminal; none where the artefact is ONNX. */
export function exportSentences({ export: record }: Receipt): string[] {
  if (record === undefined) return [];
  const { runtime, maxRel, inputs, tolerance } = record;
  if (runtime === null || maxRel === null)
    return [`Export: the artefact was not run, ${visibleText(record.reason ?? "", 80)}.`];
  const allowed =
    tolerance === null
      ? "the format gives up precision on purpose"
      : `passes up to ${formatDeviation(tolerance)}`;
  const where = `on ${visibleText(runtime, 80)} against the pruned network on ONNX Runtime`;
  return [
    `Export: maxRel ${formatDeviation(maxRel)} ${where}, ${formatNumberOf(inputs, "input set")}; ${allowed}.`,
  ];
}

/** Whether the artefact was run and, where precision matters, agreed. */
export function exportStands({ maxRel, tolerance }: ExportRecord): boolean {
  return maxRel !== null && (tolerance === null || maxRel <= tolerance);
}
