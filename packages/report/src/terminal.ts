// The table that `espalier prune` prints: verdict, before and after, widths, refusals. Plain text with
// aligned columns; escape codes only when colour is asked for. Names are made printable and bounded.

import { isUnavailable, type Receipt, type WidthRow } from "@espalier/core";
import {
  formatChange,
  formatDeviation,
  formatExact,
  formatNumberOf,
  formatTogether,
} from "./text/quantity.js";
import { samplesText } from "./text/samples.js";
import { visibleName, visibleText } from "./text/visible-text.js";
import { compare } from "./verdict/comparison.js";
import { exportSentences } from "./verdict/export-text.js";
import { patternSentences } from "./verdict/pattern-text.js";
import { recoverySentences } from "./verdict/recovery-text.js";
import { groupRefusals } from "./verdict/refusal-groups.js";
import { judge, type Tone } from "./verdict/verdict.js";

export interface TerminalOptions {
  readonly color: boolean;
  /** Groups listed before the rest is only counted. */
  readonly widths?: number;
}

const COLORS = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
const TONE_COLOR: Readonly<Record<Tone, keyof typeof COLORS>> = {
  good: "green",
  caution: "yellow",
  bad: "red",
  none: "yellow",
};
const NAME_WIDTH = 44;

type Paint = (text: string, ...styles: readonly (keyof typeof COLORS)[]) => string;
type Cells = readonly string[];

export function renderTerminal(receipt: Receipt, options: TerminalOptions): string {
  const paint: Paint = (text, ...styles) =>
    options.color ? `\u001b[${styles.map((style) => COLORS[style]).join(";")}m${text}\u001b[0m` : text;
  const verdict = judge(receipt);
  const sections = [
    [
      paint(verdict.sentence, "bold", TONE_COLOR[verdict.tone]),
      ...verdict.reservations.map((text) => paint(`  ! ${text}`, TONE_COLOR[verdict.tone])),
    ],
    comparisonTable(receipt, paint),
    widthTable(receipt.widths, options.widths ?? 12, paint),
    refusalLines(receipt, paint),
  ];
  const text = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
  return `${text.replaceAll("\u00a0", " ")}\n`;
}

function comparisonTable(receipt: Receipt, paint: Paint): string[] {
  const nothing = receipt.artefact === null;
  const rows = compare(receipt).map(
    ({ label, beforeText, afterText, change, note }): Cells =>
      nothing ? [label, beforeText, "", "", note] : [label, beforeText, afterText, change, note],
  );
  const table = alignColumns([["", "before", "after", "change", ""], ...rows], "lrrll", paint);
  return [
    ...table,
    ...latencyLines(receipt, paint),
    ...parityLines(receipt, paint),
    ...[...exportSentences(receipt), ...patternSentences(receipt), ...recoverySentences(receipt)].map(
      (text) => paint(text, "dim"),
    ),
  ];
}

function latencyLines({ latency }: Receipt, paint: Paint): string[] {
  if (latency === null || isUnavailable(latency)) return [];
  const { before, after } = latency;
  const unstable = before.unstable || after.unstable ? "; unstable" : "";
  const text = `latency: median of ${samplesText(after)} on ${visibleText(after.runtime, 80)}, ${formatNumberOf(after.threads, "thread")}${batchText(after.batch)}${unstable}`;
  const lines = ["", paint(text, "dim")];
  if (latency.source !== null) {
    const [source = "", clean = ""] = formatTogether("ms", [latency.source.medianMs, before.medianMs]);
    lines.push(
      paint(`clean-ups alone: ${source} → ${clean} (the file as it came → the dense baseline)`, "dim"),
    );
  }
  return lines;
}

function batchText(batch: number | null): string {
  return batch === null ? "" : `, batch ${batch}`;
}

function parityLines({ parity }: Receipt, paint: Paint): string[] {
  if (parity === null) return [paint("parity:  not run", "dim")];
  if (isUnavailable(parity))
    return [paint(`parity:  not run, ${visibleText(parity.unavailable, 80)}`, "dim")];
  const { maxRel, maxAbs, inputs, tolerance } = parity;
  const found = `maxRel ${formatDeviation(maxRel)}, maxAbs ${formatDeviation(maxAbs)}`;
  return [
    paint(
      `parity:  ${found} over ${formatNumberOf(inputs, "input set")}; passes up to ${formatDeviation(tolerance)}`,
      "dim",
    ),
  ];
}

function widthTable(widths: readonly WidthRow[], limit: number, paint: Paint): string[] {
  const changed = widths.filter((row) => row.after !== row.before);
  if (changed.length === 0) return [];
  const largest = [...changed].sort((a, b) => b.before - b.after - (a.before - a.after)).slice(0, limit);
  const rows = largest.map((row): Cells => {
    const asked = row.asked === row.after ? "" : `asked ${row.asked}, rounded`;
    return [
      visibleName(row.group, NAME_WIDTH),
      formatExact(row.before),
      formatExact(row.after),
      formatChange(row.before, row.after),
      [asked, row.exact ? "" : "inexact"].filter(Boolean).join("; "),
    ];
  });
  const lines = alignColumns([["group", "before", "after", "change", ""], ...rows], "lrrll", paint);
  const rest = changed.length - largest.length;
  if (rest > 0) lines.push(paint(`and ${formatNumberOf(rest, "more group", "more groups")}`, "dim"));
  return lines;
}

function refusalLines({ refused, artefact }: Receipt, paint: Paint): string[] {
  const groups = groupRefusals(refused);
  if (groups.length === 0) return [];
  if (artefact !== null) {
    const counts = groups
      .slice(0, 8)
      .map(({ code, entries }) => `${visibleText(code, 60)} ${entries.length}`);
    return [paint(`left dense: ${counts.join(", ")}`, "dim")];
  }
  return groups
    .slice(0, 8)
    .flatMap(({ code, entries, reason, unblocks }) => [
      `${visibleText(code, 60)}  ${paint(formatNumberOf(entries.length, "time"), "dim")}`,
      `  ${visibleText(reason)}`,
      ...unblocks.slice(0, 1).map((text) => `  → ${visibleText(text)}`),
    ]);
}

/** Columns two spaces apart, `l` left and `r` right aligned; the first row is a dim header. */
function alignColumns(rows: readonly Cells[], alignment: string, paint: Paint): string[] {
  const widths = [...alignment].map((_, i) => Math.max(...rows.map((row) => columns(row[i] ?? ""))));
  return rows.map((row, at) => {
    const cells = row.map((cell, i) => {
      const gap = " ".repeat((widths[i] as number) - columns(cell));
      return alignment[i] === "r" ? gap + cell : cell + gap;
    });
    const line = cells.join("  ").trimEnd();
    return at === 0 ? paint(line, "dim") : line;
  });
}

/** Terminal columns, near enough: East Asian wide characters take two, combining marks none. */
function columns(text: string): number {
  let count = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    const code = character.codePointAt(0) as number;
    const wide =
      (code >= 0x1100 && code <= 0x115f) ||
      (code >= 0x2e80 && code <= 0xa4cf) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xff00 && code <= 0xff60) ||
      code >= 0x1f300;
    count += wide ? 2 : 1;
  }
  return count;
}
