// The verdict as Markdown, for a GitHub job summary or a pull request. Names stand in code spans, so that
// neither markup nor mentions in them come alive.

import { isUnavailable, type Receipt } from "@espalier/core";
import { formatChange, formatDeviation, formatExact, formatNumberOf } from "./text/quantity.js";
import { samplesText } from "./text/samples.js";
import { visibleName, visibleText } from "./text/visible-text.js";
import { compare } from "./verdict/comparison.js";
import { exportSentences } from "./verdict/export-text.js";
import { patternSentences } from "./verdict/pattern-text.js";
import { recoverySentences } from "./verdict/recovery-text.js";
import { groupRefusals } from "./verdict/refusal-groups.js";
import { judge, type Tone } from "./verdict/verdict.js";

const MARKS: Readonly<Record<Tone, string>> = { good: "✅", caution: "⚠️", bad: "❌", none: "⚪" };
const LONGEST_LIST = 20;

export function renderMarkdown(receipt: Receipt): string {
  const verdict = judge(receipt);
  const blocks = [
    `### ${MARKS[verdict.tone]} ${codeSpan(receipt.source.path)} → ${codeSpan(receipt.target)}`,
    `**${escapeMarkdown(verdict.sentence)}**`,
    verdict.reservations.map((text) => `- ${escapeMarkdown(text)}`).join("\n"),
    comparison(receipt),
    evidence(receipt),
    widths(receipt),
    refusals(receipt),
  ];
  return `${blocks
    .filter((block) => block !== "")
    .join("\n\n")
    .replaceAll("\u00a0", " ")}\n`;
}

function comparison(receipt: Receipt): string {
  const rows = compare(receipt).map(({ label, beforeText, afterText, change, note }) =>
    receipt.artefact === null
      ? [label, beforeText, "", "", escapeMarkdown(note)]
      : [label, beforeText, afterText, change, escapeMarkdown(note)],
  );
  return table(["", "before", "after", "change", ""], rows);
}

function evidence(receipt: Receipt): string {
  const { latency, parity } = receipt;
  const lines: string[] = [];
  if (latency !== null && !isUnavailable(latency)) {
    const { threads, runtime, batch } = latency.after;
    const batchText = batch === null ? "" : `, batch ${batch}`;
    lines.push(
      `Latency: median of ${samplesText(latency.after)}, ${formatNumberOf(threads, "thread")}${batchText}, ${escapeMarkdown(visibleText(runtime, 80))}.`,
    );
  }
  if (parity !== null && !isUnavailable(parity)) {
    lines.push(
      `Parity: maxRel ${formatDeviation(parity.maxRel)} over ${formatNumberOf(parity.inputs, "input set")}, tolerance ${formatDeviation(parity.tolerance)}.`,
    );
  }
  const more = [...exportSentences(receipt), ...patternSentences(receipt), ...recoverySentences(receipt)];
  lines.push(...more.map(escapeMarkdown));
  return lines.join(" ");
}

function widths(receipt: Receipt): string {
  const changed = receipt.widths.filter((row) => row.before !== row.after);
  if (changed.length === 0) return "";
  const largest = [...changed]
    .sort((a, b) => b.before - b.after - (a.before - a.after))
    .slice(0, LONGEST_LIST);
  const rows = largest.map((row) => [
    codeSpan(row.group, 60),
    formatExact(row.before),
    formatExact(row.after),
    formatChange(row.before, row.after),
  ]);
  const rest = changed.length - largest.length;
  const summary = `<details><summary>${formatNumberOf(changed.length, "group")} made narrower</summary>`;
  return [
    summary,
    table(["group", "before", "after", "change"], rows),
    rest > 0 ? `and ${rest} more` : "",
    "</details>",
  ]
    .filter((block) => block !== "")
    .join("\n\n");
}

function refusals({ refused, artefact }: Receipt): string {
  const groups = groupRefusals(refused);
  if (groups.length === 0) return "";
  const rows = groups
    .slice(0, LONGEST_LIST)
    .map(({ code, entries, reason, unblocks }) => [
      codeSpan(code, 60),
      String(entries.length),
      escapeMarkdown(visibleText(reason)),
      escapeMarkdown(visibleText(unblocks[0] ?? "")),
    ]);
  return `${artefact === null ? "What stood in the way:" : "Left dense:"}\n\n${table(["code", "times", "reason", "what would unblock it"], rows)}`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = header.map((_, i) => (i === 0 || i > 2 ? "---" : "---:"));
  return [header, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A name that cannot leave its code span, nor its table cell. */
function codeSpan(name: string, limit?: number): string {
  return `\`${visibleName(name, limit).replaceAll("`", "ˋ").replaceAll("|", "\\|")}\``;
}

function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>|~#&]/g, "\\$&")
    .replace(/@(?=\w)/g, "@\u2060")
    .replace(/:\/\//g, ":\u2060//");
}
