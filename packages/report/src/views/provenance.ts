// View 7: everything needed to check or repeat the run.

import type { PruningPlan } from "@espalier/core";
import type { ReportContext } from "../report-input.js";
import { type Content, html, type Markup } from "../text/markup.js";
import { formatExact, formatNumberOf, formatShare } from "../text/quantity.js";
import { visibleText } from "../text/visible-text.js";
import { name } from "./name.js";
import type { View } from "./view.js";

const MOST_ROWS = 100;
const COMMAND_LENGTH = 4000;

const css = `
.columns { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 48px; }
.columns h3 { margin-top: 20px; }
dl.pairs { margin: 0; font-size: 13.5px; } dl.pairs div { display: grid; grid-template-columns: minmax(0, 9em) minmax(0, 1fr); gap: 16px; padding: 4px 0; border-bottom: 1px solid var(--rule); }
dl.pairs dt { color: var(--soft); overflow-wrap: anywhere; } dl.pairs dd { margin: 0; overflow-wrap: anywhere; }
#provenance ul { margin: 0; padding-left: 18px; font-size: 13.5px; }
#provenance .sha { font-size: 12px; color: var(--soft); }
@media (max-width: 640px) { .columns { grid-template-columns: minmax(0, 1fr); } }
`;

export const provenanceView: View = {
  id: "provenance",
  heading: "Provenance",
  question: "How do I repeat it?",
  css,
  render: (context) => {
    const { receipt, plan } = context;
    return html`<h3 style="margin-top:0">Command</h3>
      <pre>${visibleText(receipt.command.slice(0, 500).map(quoteArgument).join(" "), COMMAND_LENGTH)}</pre>
      <div class="columns">
        <div>${plan !== null && html`<h3>Plan</h3>${pairs(planRows(plan))}`}<h3>Run</h3>${pairs(runRows(context))}</div>
        <div><h3>Versions</h3>${pairs(recordRows(receipt.versions))}<h3>Machine</h3>${pairs(recordRows(receipt.machine))}</div>
      </div>
      <h3>Clean-ups</h3>${cleanups(receipt.cleanups)}
      <h3>Files</h3>${files(context)}`;
  },
};

type Row = readonly [string, Content];

function planRows({ budget, options, steps, tool, version, costTable }: PruningPlan): Row[] {
  const list = (globs: readonly string[]): string =>
    globs
      .slice(0, 20)
      .map((glob) => visibleText(glob, 80))
      .join(", ");
  return [
    [
      "Budget",
      `${visibleText(budget.kind, 40)} ${budget.kind === "ratio" ? `${formatShare(budget.value)} of the units removed` : visibleText(budget.value)}`,
    ],
    ["Granularity", visibleText(options.granularity, 60)],
    ["Criterion", visibleText(options.criterion, 60)],
    ["Allocation", visibleText(options.allocation, 60)],
    ["Schedule", visibleText(options.schedule, 60)],
    [
      "Step, least width",
      `${options.step}${options.stepMeasured === undefined ? "" : ` (measured on ${options.stepMeasured.runtime})`}, ${options.minWidth}`,
    ],
    ...(options.include.length > 0 ? [["Only", list(options.include)] as const] : []),
    ...(options.exclude.length > 0 ? [["Except", list(options.exclude)] as const] : []),
    ["Steps", formatExact(steps.length)],
    ...(costTable === null
      ? []
      : [["Cost table", html`${visibleText(costTable.origin, 40)} ${name(costTable.sha256)}`] as const]),
    ["Made by", visibleText(`${tool} ${version}`, 80)],
  ];
}

function runRows({ receipt }: ReportContext): Row[] {
  const { bindings, inputs, sparsity } = receipt;
  const bound = Object.entries(bindings)
    .slice(0, MOST_ROWS)
    .map(([symbol, value]) => `${visibleText(symbol, 60)} = ${formatExact(value)}`);
  return [
    ["Written", visibleText(receipt.createdAt, 40)],
    ["Target", visibleText(receipt.target, 40)],
    ["Seed", String(receipt.seed)],
    [
      "Random inputs",
      `${formatNumberOf(inputs.count, "set")}, seed ${inputs.seed}, ${visibleText(inputs.spec, 120)}`,
    ],
    ["Dimensions", bound.length === 0 ? "all fixed in the model" : bound.join(", ")],
    [
      "Zeros",
      `${formatExact(sparsity.zeros)} of ${formatExact(sparsity.all)} weights; ${formatExact(sparsity.prunable)} prunable`,
    ],
  ];
}

function recordRows(record: Readonly<Record<string, string | number>>): Row[] {
  return Object.entries(record)
    .slice(0, MOST_ROWS)
    .map(([key, value]) => [
      visibleText(key, 60),
      typeof value === "number" ? formatExact(value) : visibleText(value, 160),
    ]);
}

function pairs(rows: readonly Row[]): Markup {
  return html`<dl class="pairs">${rows.map(([term, text]) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`)}</dl>`;
}

function cleanups(list: readonly string[]): Markup {
  if (list.length === 0) return html`<p class="note">None were needed.</p>`;
  const rest = list.length - MOST_ROWS;
  return html`<ul>${list.slice(0, MOST_ROWS).map((text) => html`<li>${visibleText(text)}</li>`)}${rest > 0 && html`<li>and ${rest} more: receipt.json</li>`}</ul>`;
}

function files({ receipt }: ReportContext): Markup {
  const rows = [{ ...receipt.source, role: "source" }, ...receipt.files];
  const rest = rows.length - MOST_ROWS;
  return html`<div class="scroll"><table><thead><tr><th>File</th><th>Role</th><th class="n">Bytes</th><th>SHA-256</th></tr></thead><tbody>${rows
    .slice(0, MOST_ROWS)
    .map(
      (file) =>
        html`<tr><td>${name(file.path)}</td><td>${visibleText(file.role, 40)}</td><td class="n">${formatExact(file.bytes)}</td><td class="sha">${name(file.sha256, 80)}</td></tr>`,
    )}</tbody></table></div>${rest > 0 && html`<p class="note">and ${formatNumberOf(rest, "more file")}: receipt.json</p>`}`;
}

/** As a POSIX shell would need it. */
function quoteArgument(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
