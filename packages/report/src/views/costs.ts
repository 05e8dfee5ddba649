// View 3: where MACs and bytes lie and where they went. A treemap of the network before, each node's area
// split into what was kept and what was removed, so that the accent is exactly the network after; and the
// largest nodes as bars on one axis.

import type { Change, CostRow } from "@espalier/core";
import { conciseNames } from "../text/concise-names.js";
import { html, type Markup } from "../text/markup.js";
import {
  formatChange,
  formatNumberOf,
  formatPair,
  formatQuantity,
  formatTogether,
  type Quantity,
} from "../text/quantity.js";
import { visibleName, visibleText } from "../text/visible-text.js";
import { costBars } from "./cost-bars.js";
import { costTreemap, treemapCss } from "./cost-treemap.js";
import { name } from "./name.js";
import { type NodeCost, totalCost } from "./node-cost.js";
import type { View } from "./view.js";

const BARS = 16;
const TABLE_ROWS = 300;

const css = `
#costs .switch { position: relative; }
#costs .switch > .panel { margin-top: 14px; }
#costs h3 { margin-top: 24px; }
${treemapCss}`;

export const costsView: View = {
  id: "costs",
  heading: "MACs and bytes",
  question: "Where did they lie, and what is left?",
  css,
  render: ({ receipt: { costs, macs } }) => {
    const byMacs = costsOf(costs, (row) => row.macs);
    const byBytes = costsOf(costs, (row) => row.weightBytes);
    const panels = [
      { id: "macs", label: "MACs", quantity: "macs" as const, rows: byMacs },
      { id: "bytes", label: "bytes of weights", quantity: "bytes" as const, rows: byBytes },
    ].filter(({ rows }) => rows.length > 0);
    if (panels.length === 0) return html`<p>The costs per node are not known.</p>`;
    const missing = [macs.reason, macs.unblock].flatMap((text) =>
      text === undefined ? [] : visibleText(text),
    );
    return html`${byMacs.length === 0 && html`<p class="note">MACs are not known. ${missing.join(": ")}</p>`}
    <div class="switch">${panels.map(
      ({ id, label }, i) =>
        html`<input type="radio" name="costs" id="costs-${id}"${i === 0 && html` checked`}><label for="costs-${id}">${label}</label>`,
    )}${panels.map(({ quantity, rows }) => html`<div class="panel">${panel(rows, quantity)}</div>`)}</div>
    <details><summary>Table of ${formatNumberOf(costs.length, "node")}</summary>${table(costs)}</details>`;
  },
};

/** Nodes whose cost is known on both sides, the largest first. */
function costsOf(costs: readonly CostRow[], pick: (row: CostRow) => Change): NodeCost[] {
  const short = conciseNames(costs.map((row) => row.node));
  return costs
    .flatMap((row, i) => {
      const { before, after } = pick(row);
      if (before === null || after === null || !(before > 0)) return [];
      return [
        {
          title: `${visibleName(row.node)} (${visibleText(row.opType, 30)})`,
          short: short[i] as string,
          before,
          after,
        },
      ];
    })
    .sort((a, b) => b.before - a.before);
}

function panel(rows: readonly NodeCost[], quantity: Quantity): Markup {
  const { before, after } = totalCost(rows);
  const totals =
    before === after
      ? `${formatQuantity(quantity, before)}, unchanged.`
      : `${formatPair(quantity, before, after)}, ${formatChange(before, after)}.`;
  return html`<p>${totals} <span class="note">The whole area is the network before, the green part what is left of it.</span></p>
    ${costTreemap(rows, quantity)}
    <h3>The ${rows.length > BARS ? `${BARS} largest nodes` : formatNumberOf(rows.length, "node")}</h3>
    ${costBars(rows.slice(0, BARS), quantity)}`;
}

function table(costs: readonly CostRow[]): Markup {
  const rest = costs.length - TABLE_ROWS;
  const cells = (quantity: Quantity, { before, after }: Change): Markup => {
    const [a, b] = formatTogether(quantity, [before, after]);
    return html`<td class="n">${a}</td><td class="n">${b}</td><td class="n">${formatChange(before, after)}</td>`;
  };
  const row = (cost: CostRow): Markup =>
    html`<tr><td>${name(cost.node)}</td><td>${visibleText(cost.opType, 30)}</td>${cells("count", cost.macs)}${cells("bytes", cost.weightBytes)}</tr>`;
  return html`<div class="scroll"><table><thead><tr><th>Node</th><th>Operator</th><th class="n">MACs</th><th class="n">after</th><th class="n">change</th><th class="n">Weights</th><th class="n">after</th><th class="n">change</th></tr></thead><tbody>${costs.slice(0, TABLE_ROWS).map(row)}</tbody></table></div>${rest > 0 && html`<p class="note">and ${formatNumberOf(rest, "more node")}: receipt.json</p>`}`;
}
