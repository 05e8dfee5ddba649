// View 2: one row per coupled group, what it was and what is left, the largest savings first. The chart
// holds the groups that matter most, a table behind a disclosure all of them.

import type { WidthRow } from "@espalier/core";
import type { ReportContext } from "../report-input.js";
import { conciseNames } from "../text/concise-names.js";
import { html, type Markup } from "../text/markup.js";
import { formatChange, formatExact, formatNumberOf, formatQuantity } from "../text/quantity.js";
import { visibleText } from "../text/visible-text.js";
import { macsSavedByGroup } from "./macs-by-group.js";
import { name } from "./name.js";
import type { View } from "./view.js";
import { type LedgerScale, widthChart, widthLegend } from "./width-chart.js";

const CHART_ROWS = 24;
const MORE_ROWS = 120;
const TABLE_ROWS = 500;

const css = `
#widths td .flag { color: var(--soft); }
#widths details { margin-top: 10px; }
`;

export interface LedgerRow extends WidthRow {
  /** Key of the row: group ids could repeat in a damaged receipt. */
  readonly key: string;
  /** Name for the chart. */
  readonly short: string;
  /** MACs saved by it; null when not known. */
  readonly saved: number | null;
}

export const widthLedgerView: View = {
  id: "widths",
  heading: "Width ledger",
  question: "Where did it come from?",
  css,
  render: (context) => {
    const { receipt } = context;
    const changed = ledger(context);
    const unchanged = receipt.widths.filter((row) => row.after === row.before);
    if (changed.length === 0) {
      return html`<p>${receipt.widths.length === 0 ? "No group changed its width." : `All ${formatNumberOf(receipt.widths.length, "group")} kept their width.`}</p>${unchangedTable(unchanged)}`;
    }
    const more = changed.slice(CHART_ROWS, CHART_ROWS + MORE_ROWS);
    const scale: LedgerScale = {
      widest: Math.max(...changed.map((row) => Math.max(row.before, row.after))),
      mostSaved: Math.max(0, ...changed.map((row) => row.saved ?? 0)),
    };
    const knownSavings = changed.some((row) => row.saved !== null);
    const units = changed.reduce((sum, row) => sum + row.before - row.after, 0);
    return html`<p>${formatNumberOf(changed.length, "coupled group")} lost ${formatNumberOf(units, "unit")}${unchanged.length > 0 && `; ${formatNumberOf(unchanged.length, "group")} kept their width`}. ${knownSavings ? "Sorted by the MACs each group saved." : "Sorted by units removed."}</p>
      ${widthLegend(changed)}
      ${widthChart(changed.slice(0, CHART_ROWS), scale)}
      ${more.length > 0 && html`<details><summary>${formatNumberOf(more.length, "more group")}</summary>${widthChart(more, scale)}</details>`}
      <details><summary>Table of ${formatNumberOf(changed.length, "group")}</summary>${table(changed, knownSavings)}</details>
      ${unchangedTable(unchanged)}`;
  },
};

function ledger({ receipt, graph }: ReportContext): LedgerRow[] {
  const saved = graph === null ? null : macsSavedByGroup(graph, receipt.widths);
  const short = conciseNames(receipt.widths.map((row) => row.group));
  return receipt.widths
    .map((row, i) => ({
      ...row,
      key: String(i),
      short: short[i] as string,
      saved: saved?.get(row.group) ?? null,
    }))
    .filter((row) => row.after !== row.before)
    .sort(
      (a, b) =>
        (b.saved ?? 0) - (a.saved ?? 0) ||
        b.before - b.after - (a.before - a.after) ||
        (a.group < b.group ? -1 : 1),
    );
}

function table(rows: readonly LedgerRow[], knownSavings: boolean): Markup {
  const rest = rows.length - TABLE_ROWS;
  return html`<div class="scroll"><table><thead><tr><th>Group</th><th>Kind</th><th class="n">Before</th><th class="n">Asked</th><th class="n">After</th><th class="n">Change</th>${knownSavings && html`<th class="n">MACs saved</th>`}<th class="n">Tensors</th><th>Marks</th></tr></thead>
    <tbody>${rows
      .slice(0, TABLE_ROWS)
      .map(
        (row) =>
          html`<tr><td>${name(row.group)}</td><td>${visibleText(row.kind, 20)}</td><td class="n">${formatExact(row.before)}</td><td class="n">${formatExact(row.asked)}</td><td class="n">${formatExact(row.after)}</td><td class="n">${formatChange(row.before, row.after)}</td>${knownSavings && html`<td class="n">${formatQuantity("macs", row.saved)}</td>`}<td class="n">${formatExact(row.members)}</td><td class="flag">${[row.asked !== row.after && "rounded", !row.exact && "inexact"].filter(Boolean).join(", ")}</td></tr>`,
      )}</tbody></table></div>${rest > 0 && html`<p class="note">and ${formatNumberOf(rest, "more group")}: receipt.json</p>`}`;
}

function unchangedTable(rows: readonly WidthRow[]): Markup | null {
  if (rows.length === 0) return null;
  const rest = rows.length - TABLE_ROWS;
  return html`<details><summary>${formatNumberOf(rows.length, "group")} of unchanged width</summary><div class="scroll"><table><thead><tr><th>Group</th><th>Kind</th><th class="n">Width</th><th class="n">Tensors</th></tr></thead>
    <tbody>${rows.slice(0, TABLE_ROWS).map((row) => html`<tr><td>${name(row.group)}</td><td>${visibleText(row.kind, 20)}</td><td class="n">${formatExact(row.before)}</td><td class="n">${formatExact(row.members)}</td></tr>`)}</tbody></table></div>${rest > 0 && html`<p class="note">and ${formatNumberOf(rest, "more group")}: receipt.json</p>`}</details>`;
}
