// The drawing of the width ledger: widths before and after on one axis, beside them the MACs each group
// saved on another.

import { axisX, barX, gridX, type Markish, type TextOptions, text, tickX } from "@observablehq/plot";
import { drawPlot, responsive } from "../plot/draw-plot.js";
import { html, type Markup } from "../text/markup.js";
import { formatChange, formatExact, formatQuantity } from "../text/quantity.js";
import { shorten, visibleName, visibleText } from "../text/visible-text.js";
import type { LedgerRow } from "./width-ledger.js";

/** What all charts of one ledger share, so that their bars can be compared. */
export interface LedgerScale {
  readonly widest: number;
  readonly mostSaved: number;
}

/** Pixels from the right end of the width axis: right edges of the columns of numbers. */
const COLUMNS = { before: 58, after: 104, change: 158, savedBar: 182, savedEnd: 266, saved: 326 };
const NAME_SPACE = 224;
const ROW = { wide: 23, narrow: 40 };

export function widthChart(rows: readonly LedgerRow[], scale: LedgerScale): Markup {
  return responsive((width, narrow) =>
    narrow ? narrowChart(rows, scale, width) : wideChart(rows, scale, width),
  );
}

export function widthLegend(rows: readonly LedgerRow[]): Markup {
  const swatch = (className: string): Markup =>
    html`<svg width="18" height="9" aria-hidden="true"><rect class="${className}" width="18" height="9"/></svg>`;
  const stroke = html`<svg width="3" height="15" aria-hidden="true"><path d="M1.5 0V15" stroke="var(--ink)" stroke-width="1.25"/></svg>`;
  return html`<div class="legend"><span>${swatch("kept")}kept</span><span>${swatch("removed")}removed</span>
    ${rows.some((row) => row.asked !== row.after) && html`<span>${stroke}asked for, before rounding to the step</span>`}
    ${rows.some((row) => !row.exact) && html`<span>≈ inexact: removal changes what the kept units become</span>`}</div>`;
}

function wideChart(rows: readonly LedgerRow[], { widest, mostSaved }: LedgerScale, width: number): Markup {
  const hasSavings = mostSaved > 0;
  const marginRight = hasSavings ? COLUMNS.saved : COLUMNS.change;
  const perPixel = widest / (width - NAME_SPACE - marginRight);
  const savedAt = (share: number): number =>
    widest + (COLUMNS.savedBar + share * (COLUMNS.savedEnd - COLUMNS.savedBar)) * perPixel;
  const inset = { insetTop: 7, insetBottom: 7 };
  return draw(rows, widest, { width, row: ROW.wide, marginLeft: NAME_SPACE, marginRight }, [
    ...widthBars(rows, inset, 5),
    names(rows, NAME_SPACE, 31, 0),
    column(rows, COLUMNS.before, (row) => `${formatExact(row.before)} →`, "var(--soft)"),
    column(rows, COLUMNS.after, (row) => formatExact(row.after), "var(--ink)"),
    column(rows, COLUMNS.change, (row) => formatChange(row.before, row.after), "var(--soft)"),
    ...(hasSavings
      ? [
          barX(rows, {
            x1: savedAt(0),
            x2: (row: LedgerRow) => savedAt((row.saved ?? 0) / mostSaved),
            y: "key",
            fill: "var(--removed-line)",
            ...inset,
          }),
          column(rows, COLUMNS.saved, (row) => formatQuantity("count", row.saved), "var(--soft)"),
          heading("MACs saved", COLUMNS.saved),
        ]
      : []),
    heading("units", 0),
  ]);
}

function narrowChart(rows: readonly LedgerRow[], { widest }: LedgerScale, width: number): Markup {
  const inset = { insetTop: 24, insetBottom: ROW.narrow - 24 - 9 };
  return draw(rows, widest, { width, row: ROW.narrow, marginLeft: 2, marginRight: 12 }, [
    ...widthBars(rows, inset, 4),
    names(rows, 2, 32, -8),
    column(rows, 12, (row) => `${formatExact(row.before)} → ${formatExact(row.after)}`, "var(--ink)", -8),
  ]);
}

function widthBars(
  rows: readonly LedgerRow[],
  inset: { insetTop: number; insetBottom: number },
  ticks: number,
): Markish[] {
  const rounded = rows.filter((row) => row.asked !== row.after);
  const reach = { insetTop: inset.insetTop - 3, insetBottom: inset.insetBottom - 3 };
  return [
    axisX({
      anchor: "top",
      ticks,
      tickSize: 0,
      label: null,
      tickFormat: (n: number) => formatExact(n),
      fill: "var(--faint)",
    }),
    gridX({ ticks, stroke: "var(--rule)", strokeOpacity: 1 }),
    barX(rows, { x1: "after", x2: "before", y: "key", fill: "var(--removed)", ...inset }),
    barX(rows, { x1: 0, x2: "after", y: "key", fill: "var(--kept)", ...inset }),
    tickX(rounded, { x: "asked", y: "key", stroke: "var(--ink)", strokeWidth: 1.25, ...reach }),
  ];
}

function names(rows: readonly LedgerRow[], space: number, characters: number, dy: number): Markish {
  return text(rows, {
    y: "key",
    frameAnchor: "left",
    textAnchor: "start",
    dx: -space,
    dy,
    fontFamily: "var(--mono)",
    fontSize: 11.5,
    fill: "var(--ink)",
    text: (row: LedgerRow) =>
      `${shorten(row.short, row.exact ? characters : characters - 2)}${row.exact ? "" : " ≈"}`,
    title: hoverText,
  });
}

function column(
  rows: readonly LedgerRow[],
  dx: number,
  content: (row: LedgerRow) => string,
  fill: string,
  dy = 0,
): Markish {
  const options: TextOptions = {
    y: "key",
    frameAnchor: "right",
    textAnchor: "end",
    dx,
    dy,
    fontVariant: "tabular-nums",
    fill,
  };
  return text(rows, { ...options, text: content });
}

function heading(content: string, dx: number): Markish {
  return text([content], {
    frameAnchor: "top-right",
    textAnchor: "end",
    dx: dx === 0 ? COLUMNS.after : dx,
    dy: -17,
    fill: "var(--faint)",
  });
}

function hoverText(row: LedgerRow): string {
  const asked = row.asked === row.after ? "" : `, asked for ${row.asked}`;
  return `${visibleName(row.group)}: ${row.before} → ${row.after} ${visibleText(row.kind, 20)} units${asked}; ${row.members} tensors`;
}

interface Frame {
  readonly width: number;
  readonly row: number;
  readonly marginLeft: number;
  readonly marginRight: number;
}

function draw(
  rows: readonly LedgerRow[],
  widest: number,
  { row, ...frame }: Frame,
  marks: readonly Markish[],
): Markup {
  return drawPlot(`Widths before and after of ${rows.length} coupled groups`, {
    ...frame,
    height: rows.length * row + 34,
    marginTop: 24,
    marginBottom: 10,
    x: { domain: [0, widest], axis: null },
    y: { domain: rows.map(({ key }) => key), axis: null, padding: 0 },
    marks: [...marks],
  });
}
