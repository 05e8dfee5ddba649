// View 2: one row per coupled group, what it was and what is left, the largest savings first. The chart
// holds the groups that matter most, a table behind a disclosure all of them.

import type { WidthRow } from "@espalier/core";
import { axisX, barX, gridX, type Markish, text, tickX } from "@observablehq/plot";
import { drawPlot, responsive } from "../plot/draw-plot.js";
import type { ReportContext } from "../report-input.js";
import { html, type Markup } from "../text/markup.js";
import { formatChange, formatExact, formatNumberOf, formatQuantity } from "../text/quantity.js";
import { shorten, visibleName, visibleText } from "../text/visible-text.js";
import { macsSavedByGroup } from "./macs-by-group.js";
import { name } from "./name.js";
import type { View } from "./view.js";

const CHART_ROWS = 24;
const MORE_ROWS = 120;
const TABLE_ROWS = 500;

const css = `
#widths td .flag { color: var(--soft); }
#widths details { margin-top: 10px; }
`;

interface LedgerRow extends WidthRow {
  /** Key of the row: group ids could repeat in a damaged receipt. */
  readonly key: string;
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
      return html`<p>${receipt.widths.length === 0 ? "No coupled group was found." : `All ${formatNumberOf(receipt.widths.length, "group")} kept their width.`}</p>${unchangedTable(unchanged)}`;
    }
    const more = changed.slice(CHART_ROWS, CHART_ROWS + MORE_ROWS);
    const longest = Math.max(...changed.map((row) => row.before));
    const knownSavings = changed.some((row) => row.saved !== null);
    const units = changed.reduce((sum, row) => sum + row.before - row.after, 0);
    return html`<p>${formatNumberOf(changed.length, "coupled group")} lost ${formatNumberOf(units, "unit")}${unchanged.length > 0 && `; ${formatNumberOf(unchanged.length, "group")} kept their width`}. ${knownSavings ? "Sorted by the MACs each group saved." : "Sorted by units removed."}</p>
      ${legend(changed)}
      ${chart(changed.slice(0, CHART_ROWS), longest)}
      ${more.length > 0 && html`<details><summary>${formatNumberOf(more.length, "more group")}</summary>${chart(more, longest)}</details>`}
      <details><summary>Table of ${formatNumberOf(changed.length, "group")}</summary>${table(changed, knownSavings)}</details>
      ${unchangedTable(unchanged)}`;
  },
};

function ledger({ receipt, graph }: ReportContext): LedgerRow[] {
  const saved = graph === null ? null : macsSavedByGroup(graph, receipt.widths);
  return receipt.widths
    .filter((row) => row.after !== row.before)
    .map((row, i) => ({ ...row, key: `${i}`, saved: saved?.get(row.group) ?? null }))
    .sort(
      (a, b) =>
        (b.saved ?? 0) - (a.saved ?? 0) ||
        b.before - b.after - (a.before - a.after) ||
        (a.group < b.group ? -1 : 1),
    );
}

function legend(rows: readonly LedgerRow[]): Markup {
  const swatch = (className: string): Markup =>
    html`<svg width="18" height="8" aria-hidden="true"><rect class="${className}" width="18" height="8"/></svg>`;
  return html`<div class="legend"><span>${swatch("kept")}kept</span><span>${swatch("removed")}removed</span>
    ${rows.some((row) => row.asked !== row.after) && html`<span><svg width="8" height="14" aria-hidden="true"><path d="M4 0V14" stroke="var(--ink)" stroke-width="1.5"/></svg>width asked for, before rounding to the step</span>`}
    ${rows.some((row) => !row.exact) && html`<span>≈ inexact: removal changes what the kept units become</span>`}</div>`;
}

function chart(rows: readonly LedgerRow[], longest: number): Markup {
  const label = `Widths before and after of ${rows.length} coupled groups`;
  return responsive((width, narrow) => {
    const height = rows.length * (narrow ? 38 : 23) + 34;
    const margins = narrow ? { marginLeft: 2, marginRight: 118 } : { marginLeft: 258, marginRight: 236 };
    const barHeight = 9;
    const inset = narrow
      ? { insetTop: 20, insetBottom: 38 - 20 - barHeight }
      : { insetTop: 7, insetBottom: 7 };
    const removed = rows.filter((row) => row.before > row.after);
    const snapped = rows.filter((row) => row.asked !== row.after);
    const atRight = {
      frameAnchor: "right",
      textAnchor: "end",
      y: "key",
      fontVariant: "tabular-nums",
    } as const;
    const lower = narrow ? { dy: 6 } : {};
    const savedColumn = rows.some((row) => row.saved !== null) && !narrow;
    const marks: Markish[] = [
      axisX({
        anchor: "top",
        ticks: narrow ? 3 : 5,
        tickSize: 0,
        label: null,
        tickFormat: (n: number) => `${formatExact(n)}`,
        fill: "var(--faint)",
      }),
      gridX({ ticks: narrow ? 3 : 5, stroke: "var(--rule)", strokeOpacity: 1 }),
      barX(removed, { x1: "after", x2: "before", y: "key", fill: "var(--removed)", ...inset }),
      barX(rows, { x1: 0, x2: "after", y: "key", fill: "var(--kept)", ...inset }),
      tickX(snapped, {
        x: "asked",
        y: "key",
        stroke: "var(--ink)",
        strokeWidth: 1.5,
        insetTop: inset.insetTop - 3,
        insetBottom: inset.insetBottom - 3,
      }),
      text(rows, {
        y: "key",
        frameAnchor: "left",
        textAnchor: "start",
        dx: -margins.marginLeft,
        ...(narrow ? { dy: -9 } : {}),
        fontFamily: "var(--mono)",
        fontSize: 11.5,
        text: (row: LedgerRow) =>
          `${shorten(visibleName(row.group), narrow ? 34 : 34)}${row.exact ? "" : " ≈"}`,
        title: hoverText,
        fill: "var(--ink)",
      }),
      text(rows, {
        ...atRight,
        ...lower,
        dx: narrow ? 66 : 62,
        text: (row: LedgerRow) => `${formatExact(row.before)} →`,
        fill: "var(--soft)",
      }),
      text(rows, {
        ...atRight,
        ...lower,
        dx: narrow ? 66 + 0 : 102,
        text: (row: LedgerRow) => (narrow ? "" : formatExact(row.after)),
        fill: "var(--ink)",
      }),
      text(rows, {
        ...atRight,
        ...lower,
        dx: narrow ? 118 : 156,
        text: (row: LedgerRow) => (narrow ? formatExact(row.after) : formatChange(row.before, row.after)),
        fill: narrow ? "var(--ink)" : "var(--soft)",
      }),
      text(savedColumn ? rows : [], {
        ...atRight,
        dx: 236,
        text: (row: LedgerRow) => (row.saved === null ? "" : formatQuantity("macs", row.saved)),
        fill: "var(--soft)",
      }),
    ];
    const headings = savedColumn
      ? text(["saved"], {
          frameAnchor: "top-right",
          textAnchor: "end",
          dx: 236,
          dy: -16,
          fill: "var(--faint)",
        })
      : null;
    return drawPlot(label, {
      width,
      height,
      ...margins,
      marginTop: 24,
      marginBottom: 10,
      x: { domain: [0, longest], axis: null },
      y: { domain: rows.map((row) => row.key), axis: null, padding: 0 },
      marks: [...marks, headings],
    });
  });
}

function hoverText(row: LedgerRow): string {
  const asked = row.asked === row.after ? "" : `, asked for ${row.asked}`;
  return `${visibleName(row.group)}: ${row.before} → ${row.after} ${visibleText(row.kind, 20)} units${asked}; ${row.members} tensors`;
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
