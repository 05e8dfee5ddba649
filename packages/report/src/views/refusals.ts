// View 6: what stayed dense, why, and what would change that. One block per reason code, since many
// groups are usually stopped by one thing.

import type { RefusalEntry } from "@espalier/core";
import { html, type Markup } from "../text/markup.js";
import { formatNumberOf } from "../text/quantity.js";
import { visibleText } from "../text/visible-text.js";
import { groupRefusals, type RefusalGroup } from "../verdict/refusal-groups.js";
import { name } from "./name.js";
import type { View } from "./view.js";

const MOST_CODES = 60;
const MOST_ENTRIES = 80;

const css = `
.refusal { display: grid; grid-template-columns: minmax(0, 15em) minmax(0, 1fr); gap: 4px 28px; padding: 14px 0; border-bottom: 1px solid var(--rule); }
.refusal:first-of-type { border-top: 1px solid var(--removed-line); }
.refusal p { margin: 0; } .refusal .count { display: block; color: var(--soft); font-size: 13px; } .refusal .unblock { margin-top: 5px; color: var(--soft); }
.refusal .where { margin-top: 5px; font-size: 13.5px; }
.refusal details { margin-top: 4px; }
@media (max-width: 640px) { .refusal { grid-template-columns: minmax(0, 1fr); } }
`;

export const refusalsView: View = {
  id: "refusals",
  heading: "Refusals",
  question: "Why not more?",
  css,
  render: ({ receipt }) => {
    const groups = groupRefusals(receipt.refused);
    if (groups.length === 0)
      return html`<p>Nothing was refused: every group that was asked for could be pruned.</p>`;
    const rest = groups.length - MOST_CODES;
    return html`<p>${formatNumberOf(receipt.refused.length, "part")} of the network stayed dense, for ${formatNumberOf(groups.length, "reason")}. <span class="note">Each code is explained by <code>espalier explain CODE</code>.</span></p>
      ${groups.slice(0, MOST_CODES).map(refusal)}
      ${rest > 0 && html`<p class="note">and ${formatNumberOf(rest, "more code")}: receipt.json</p>`}`;
  },
};

function refusal({ code, entries, reason, unblocks }: RefusalGroup): Markup {
  const [first] = entries;
  return html`<div class="refusal"><p><code>${visibleText(code, 60)}</code>${entries.length > 1 && html`<span class="count">${formatNumberOf(entries.length, "time")}</span>`}</p>
    <div><p>${visibleText(reason)}</p>
    ${unblocks[0] !== undefined && html`<p class="unblock">${!unblocks[0].startsWith("Nothing to do") && "Unblock: "}${visibleText(unblocks[0])}</p>`}
    ${entries.length === 1 && first !== undefined ? html`<p class="where">${place(first)}</p>` : entryList(entries, reason)}</div></div>`;
}

function entryList(entries: readonly RefusalEntry[], usual: string): Markup {
  const rest = entries.length - MOST_ENTRIES;
  const differ = entries.some((entry) => entry.reason !== usual);
  return html`<details><summary>where</summary><table><tbody>${entries
    .slice(0, MOST_ENTRIES)
    .map(
      (entry) =>
        html`<tr><td>${place(entry)}</td>${differ && html`<td>${visibleText(entry.reason)}</td>`}</tr>`,
    )}</tbody></table>${rest > 0 && html`<p class="note">and ${formatNumberOf(rest, "more place")}: receipt.json</p>`}</details>`;
}

function place({ group, node }: RefusalEntry): Markup {
  if (group === null && node === null) return html`the whole model`;
  return html`${group !== null && html`group ${name(group)}`}${group !== null && node !== null && ", "}${node !== null && html`node ${name(node)}`}`;
}
