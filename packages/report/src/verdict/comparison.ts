// The before → after rows that the page's tiles, the Markdown table and the terminal table all show.

import { isUnavailable, type Receipt } from "@espalier/core";
import { formatChange, formatTogether, type Quantity, UNKNOWN } from "../text/quantity.js";
import { speedText } from "../text/speed-text.js";
import { visibleText } from "../text/visible-text.js";

export interface ComparisonRow {
  readonly id: "latency" | "macs" | "params" | "raw" | "gzip" | "brotli";
  readonly label: string;
  readonly quantity: Quantity;
  readonly before: number | null;
  readonly after: number | null;
  readonly beforeText: string;
  readonly afterText: string;
  /** "−41 %", "1.62× faster", "undecided". */
  readonly change: string;
  /** Spread of a measurement, or why a number is missing. */
  readonly note: string;
}

/** Latency, MACs, params and the three sizes; sizes without a number are left out. */
export function compare(receipt: Receipt): ComparisonRow[] {
  const { size } = receipt;
  const sized = (["raw", "gzip", "brotli"] as const).filter(
    (id) => size.after[id] !== null || size.before[id] !== null,
  );
  return [
    latencyRow(receipt),
    row("macs", "MACs", "count", receipt.macs.before, receipt.macs.after, missing(receipt.macs)),
    row("params", "Params", "count", receipt.params.before, receipt.params.after, missing(receipt.params)),
    ...sized.map((id) => {
      const note = size.after[id] === null ? "not computed on this host" : "";
      return row(id, id === "raw" ? "File" : `File, ${id}`, "bytes", size.before[id], size.after[id], note);
    }),
  ];
}

/** "p10–p90 12.1–13.0 → 7.51–7.92 ms" */
export function spreadText(
  before: { p10Ms: number; p90Ms: number },
  after: { p10Ms: number; p90Ms: number },
): string {
  const [a, b, c, d] = formatTogether("ms", [before.p10Ms, before.p90Ms, after.p10Ms, after.p90Ms]);
  return `${withoutUnit(a)}–${b} → ${withoutUnit(c)}–${d}`;
}

function latencyRow({ latency }: Receipt): ComparisonRow {
  if (latency === null) return row("latency", "Latency", "ms", null, null, "not measured");
  if (isUnavailable(latency)) {
    return row("latency", "Latency", "ms", null, null, `not measured: ${visibleText(latency.unavailable)}`);
  }
  const { before, after, speedup } = latency;
  const base = row(
    "latency",
    "Latency",
    "ms",
    before.medianMs,
    after.medianMs,
    `p10–p90 ${spreadText(before, after)}`,
  );
  return { ...base, change: speedText(speedup) };
}

function row(
  id: ComparisonRow["id"],
  label: string,
  quantity: Quantity,
  before: number | null,
  after: number | null,
  note: string,
): ComparisonRow {
  const [beforeText = UNKNOWN, afterText = UNKNOWN] = formatTogether(quantity, [before, after]);
  return {
    id,
    label,
    quantity,
    before,
    after,
    beforeText,
    afterText,
    change: formatChange(before, after),
    note,
  };
}

function missing({ reason, unblock }: { readonly reason?: string; readonly unblock?: string }): string {
  return [reason, unblock].flatMap((text) => (text === undefined ? [] : visibleText(text))).join(": ");
}

function withoutUnit(text: string | undefined): string {
  return (text ?? UNKNOWN).split("\u00a0")[0] as string;
}
