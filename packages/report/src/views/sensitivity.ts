// Which groups the outputs depend on: each group pruned alone, to several widths, with the error that this makes. A
// map of groups by the share kept; darker is worse.

import type { SensitivityCurve } from "@espalier/core";
import { conciseNames } from "../text/concise-names.js";
import { html, type Markup } from "../text/markup.js";
import { formatExact, formatNumberOf, formatShare } from "../text/quantity.js";
import { visibleName } from "../text/visible-text.js";
import type { View } from "./view.js";

const MOST_GROUPS = 120;
/** Columns: shares of the units that are kept. */
const MOST_SHARES = 12;
/** Errors from which on a cell has the next shade of `--cut-1` to `--cut-5`. */
const SHADES = [0.001, 0.01, 0.05, 0.2, 0.5] as const;

const css = `
#sensitivity table.map { border-collapse: separate; border-spacing: 2px; width: auto; }
#sensitivity table.map td { border: 0; padding: 4px 10px; text-align: right; min-width: 62px; border-radius: 2px; font-size: 12.5px; }
#sensitivity table.map th { border: 0; padding: 4px 10px 4px 0; }
#sensitivity table.map thead th { text-align: right; padding-right: 10px; }
#sensitivity table.map thead th:first-child { text-align: left; }
${[0, 1, 2, 3, 4, 5].map((i) => `#sensitivity .shade-${i} { background: var(--cut-${i}); }`).join(" ")}
#sensitivity .shade-0 { box-shadow: inset 0 0 0 1px var(--rule); }
#sensitivity td.shade-5 { color: var(--cut-ink-high); }
#sensitivity .taken { outline: 2px solid var(--ink); outline-offset: -2px; font-weight: 600; }
#sensitivity .swatch { display: inline-block; width: 20px; height: 12px; border-radius: 2px; }
`;

export const sensitivityView: View = {
  id: "sensitivity",
  heading: "Sensitivity",
  question: "Which groups do the outputs depend on?",
  css,
  shown: ({ receipt }) => (receipt.sensitivity?.curves.length ?? 0) > 0,
  render: ({ receipt }) => {
    const measured = receipt.sensitivity?.curves ?? [];
    const curves = [...measured].sort((a, b) => worst(b) - worst(a)).slice(0, MOST_GROUPS);
    const after = new Map(receipt.widths.map((row) => [row.group, row.after]));
    return html`<p>Each group pruned alone, all else dense, with what reads it solved anew: the relative squared error of the outputs, 0 where they stay the same, 1 where a constant would do as well. The most sensitive groups come first; outlined is the measured width next to the one that this plan took.</p>
      ${legend()}
      <div class="scroll">${map(curves, after)}</div>
      ${measured.length > curves.length && html`<p class="note">and ${formatNumberOf(measured.length - curves.length, "more group")}, less sensitive than these.</p>`}`;
  },
};

function worst({ points }: SensitivityCurve): number {
  return Math.max(0, ...points.map(({ error }) => error));
}

function legend(): Markup {
  const texts = [`below ${formatShare(SHADES[0])}`, ...SHADES.map((from) => `from ${formatShare(from)}`)];
  return html`<div class="legend">${texts.map((text, i) => html`<span><span class="swatch shade-${i}"></span>${text}</span>`)}</div>`;
}

function map(curves: readonly SensitivityCurve[], after: ReadonlyMap<string, number>): Markup {
  const shares = sharesOf(curves);
  const names = conciseNames(curves.map(({ group }) => group));
  const row = (curve: SensitivityCurve, i: number): Markup => {
    const cells = shares.map((share) => pointAt(curve, share));
    const taken = nearestTo(curve, cells, after.get(curve.group));
    return html`<tr><th title="${visibleName(curve.group)}"><span class="name">${names[i]}</span></th>${cells.map(
      (point) =>
        point === null
          ? html`<td></td>`
          : html`<td class="shade-${shadeOf(point.error)}${point === taken && " taken"}" title="${formatExact(point.kept)} of ${formatExact(curve.width)} units">${formatShare(point.error)}</td>`,
    )}</tr>`;
  };
  return html`<table class="map"><thead><tr><th>Group, units kept</th>${shares.map((share) => html`<th>${formatShare(share)}</th>`)}</tr></thead><tbody>${curves.map(row)}</tbody></table>`;
}

/** The shares that were measured, widest first; those of narrow groups, where they are rounded, fall to the nearest. */
function sharesOf(curves: readonly SensitivityCurve[]): number[] {
  const widest = curves.reduce<SensitivityCurve | null>(
    (found, curve) => (found === null || curve.width > found.width ? curve : found),
    null,
  );
  return (widest?.points ?? [])
    .map(({ kept }) => kept / (widest?.width ?? 1))
    .filter((share) => share < 1)
    .slice(0, MOST_SHARES);
}

/** The measured point of a curve within half a unit of a share; null when there is none. */
function pointAt(
  { points, width }: SensitivityCurve,
  share: number,
): SensitivityCurve["points"][number] | null {
  return points.find(({ kept }) => kept < width && Math.abs(kept - share * width) <= 0.5 + 1e-9) ?? null;
}

function nearestTo(
  { width }: SensitivityCurve,
  cells: readonly (SensitivityCurve["points"][number] | null)[],
  kept: number | undefined,
): SensitivityCurve["points"][number] | null {
  if (kept === undefined || kept >= width) return null;
  return cells.reduce(
    (best, point) =>
      point !== null && (best === null || Math.abs(point.kept - kept) < Math.abs(best.kept - kept))
        ? point
        : best,
    null,
  );
}

function shadeOf(error: number): number {
  return SHADES.filter((from) => error >= from).length;
}
