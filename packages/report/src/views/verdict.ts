// View 1: did it get faster and smaller, is it still the same network, and how sure is that?

import { isUnavailable, type Receipt } from "@espalier/core";
import type { ReportContext } from "../report-input.js";
import { type Content, html, type Markup } from "../text/markup.js";
import { formatDeviation, formatExact, formatNumberOf, formatTogether, UNKNOWN } from "../text/quantity.js";
import { visibleText } from "../text/visible-text.js";
import { type ComparisonRow, compare, spreadText } from "../verdict/comparison.js";
import { exportSentences } from "../verdict/export-text.js";
import { patternSentences } from "../verdict/pattern-text.js";
import { recoverySentences } from "../verdict/recovery-text.js";
import { groupRefusals } from "../verdict/refusal-groups.js";
import { digest, name } from "./name.js";
import { proportionBar } from "./proportion-bar.js";
import type { View } from "./view.js";

const css = `
#verdict { display: block; border-top: 0; padding-top: 34px; }
#verdict .head { position: static; }
#verdict h2 { font: 500 14px/1.4 var(--sans); color: var(--soft); margin: 0 0 14px; }
#verdict h2 .name { color: var(--ink); font-size: 13.5px; }
#verdict .question { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
#verdict .sentence { font: 400 36px/1.22 var(--serif); letter-spacing: -.012em; margin: 0; max-width: 24em; text-wrap: balance; }
#verdict .badge { display: inline-block; font: 600 12.5px/1 var(--sans); padding: 5px 9px; border-radius: 2px; margin-bottom: 14px; color: var(--tone); background: var(--wash); }
.tone-good { --tone: var(--kept); --wash: var(--kept-soft); } .tone-none { --tone: var(--ink); --wash: var(--removed); }
.tone-caution { --tone: var(--caution); --wash: var(--caution-wash); } .tone-bad { --tone: var(--bad); --wash: var(--bad-wash); }
.reservations { list-style: none; margin: 22px 0 0; padding: 2px 0 2px 18px; border-left: 3px solid var(--tone); max-width: 74ch; }
.reservations li + li { margin-top: 6px; }
.tiles { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 28px 28px; margin: 40px 0 34px; }
.tile { border-top: 2px solid var(--rule-strong); padding-top: 10px; min-width: 0; }
.tile .label { font-size: 13px; color: var(--soft); margin: 0; max-width: none; }
.tile .value { font: 400 30px/1.15 var(--sans); letter-spacing: -.02em; margin: 4px 0 2px; white-space: nowrap; max-width: none; }
.tile .value small { font-size: 16px; letter-spacing: 0; margin-left: 3px; color: var(--soft); }
.tile .from { font-size: 13px; color: var(--soft); margin: 0; max-width: none; }
.tile .change { font-size: 14px; font-weight: 600; margin: 8px 0 0; max-width: none; }
.tile .aside { font-size: 12.5px; line-height: 1.45; color: var(--soft); margin: 4px 0 0; max-width: none; }
.tile.tone-caution, .tile.tone-bad { border-top-color: var(--tone); } .tile.tone-caution .change, .tile.tone-bad .change { color: var(--tone); }
.tile .switch { display: flex; flex-wrap: wrap; } .tile .switch > .panel { order: 0; flex: 1 0 100%; } .tile .switch > label { order: 1; margin-top: 8px; }
svg.bar { display: block; width: 100%; height: 5px; margin: 9px 0 0; }
.facts { display: flex; flex-wrap: wrap; gap: 4px 28px; margin: 0; padding: 14px 0 0; border-top: 1px solid var(--rule); font-size: 13px; color: var(--soft); }
.facts div { display: flex; gap: 7px; } .facts dt { color: var(--faint); } .facts dd { margin: 0; color: var(--ink); overflow-wrap: anywhere; }
.blocked { list-style: none; padding: 0; margin: 36px 0 30px; border-top: 2px solid var(--rule-strong); }
.blocked li { display: grid; grid-template-columns: minmax(0, 15em) minmax(0, 1fr); gap: 4px 28px; padding: 14px 0; border-bottom: 1px solid var(--rule); }
.blocked p { margin: 0; } .blocked .count { color: var(--soft); font-size: 13px; display: block; } .blocked .unblock { margin-top: 5px; }
.blocked .unblock b { font-weight: 600; color: var(--kept); }
@media (max-width: 1000px) { .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
@media (max-width: 640px) {
  #verdict .sentence { font-size: 27px; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 26px 20px; margin: 30px 0 28px; }
  .tile .value { font-size: 25px; }
  .blocked li { grid-template-columns: minmax(0, 1fr); }
}
@media print { .tiles { grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 18px; } .tile .value { font-size: 20px; } #verdict .sentence { font-size: 26px; } }
`;

export const verdictView: View = {
  id: "verdict",
  heading: "Verdict",
  question: "Did it get faster, and how sure is that?",
  css,
  render: (context) => html`<div class="tone-${context.verdict.tone}">
    <span class="badge">${context.verdict.label}</span>
    <p class="sentence">${context.verdict.sentence}</p>
    ${context.verdict.reservations.length > 0 && html`<ul class="reservations">${context.verdict.reservations.map((text) => html`<li>${text}</li>`)}</ul>`}
    </div>
    ${context.receipt.artefact === null && blocked(context.receipt)}
    ${tiles(context.receipt)}
    ${[...exportSentences(context.receipt), ...patternSentences(context.receipt), ...recoverySentences(context.receipt)].map((text) => html`<p>${text}</p>`)}
    ${facts(context)}`,
};

/** "Unblock:" only before something that can be done. */
function unblockText(text: string): Markup {
  return html`${!text.startsWith("Nothing to do") && html`<b>Unblock:</b> `}${visibleText(text)}`;
}

/** What stood in the way, when nothing was pruned. */
function blocked({ refused }: Receipt): Markup {
  return html`<ul class="blocked">${groupRefusals(refused)
    .slice(0, 8)
    .map(
      ({ code, entries, reason, unblocks }) => html`<li>
      <p><code>${visibleText(code, 60)}</code><span class="count">${formatNumberOf(entries.length, "time")}</span></p>
      <div><p>${visibleText(reason)}</p>${unblocks[0] !== undefined && html`<p class="unblock">${unblockText(unblocks[0])}</p>`}</div>
    </li>`,
    )}</ul>`;
}

function tiles(receipt: Receipt): Markup {
  const rows = compare(receipt);
  const unchanged = receipt.artefact === null;
  const find = (id: ComparisonRow["id"]): ComparisonRow => rows.find((row) => row.id === id) as ComparisonRow;
  const sizes = rows.filter((row) => row.quantity === "bytes");
  return html`<div class="tiles">
    ${latencyTile(receipt, find("latency"), unchanged)}
    ${[find("macs"), find("params")].map((row) => tile(row.label, comparison(row, unchanged)))}
    ${sizeTile(sizes, unchanged)}
    ${!unchanged && parityTile(receipt)}
  </div>`;
}

function tile(label: string, content: Content, tone = ""): Markup {
  return html`<div class="tile ${tone}"><p class="label">${label}</p>${content}</div>`;
}

/** The number after, large; the number before; a bar; the change. */
function comparison(row: ComparisonRow, unchanged: boolean): Markup {
  if (unchanged)
    return html`${value(row.beforeText)}${row.before !== null && html`<p class="from">unchanged</p>`}${row.note !== "" && html`<p class="aside">${row.note}</p>`}`;
  return html`${value(row.afterText)}<p class="from">from ${row.beforeText}</p>${proportionBar(row.before, row.after)}
    <p class="change">${row.change}</p>${row.note !== "" && html`<p class="aside">${row.note}</p>`}`;
}

function latencyTile(receipt: Receipt, row: ComparisonRow, unchanged: boolean): Markup {
  const { latency } = receipt;
  if (latency === null || isUnavailable(latency)) {
    const aside = latency === null ? "not measured" : visibleText(latency.unavailable, 60);
    return tile(
      "Latency",
      html`${value(UNKNOWN)}<p class="aside">${aside}</p>`,
      unchanged ? "" : "tone-caution",
    );
  }
  const { before, after, speedup, source } = latency;
  const gain = speedup !== null && speedup >= 1.005;
  const unstable = before.unstable || after.unstable;
  const [sourceText = "", beforeText = ""] = formatTogether("ms", [
    source?.medianMs ?? null,
    before.medianMs,
  ]);
  return tile(
    "Latency, median",
    html`${comparison({ ...row, note: "" }, unchanged)}
    <p class="aside">p10–p90 ${spreadText(before, after)}${unstable && html`<br>unstable: supports no verdict`}
    ${source !== null && html`<br>clean-ups alone ${sourceText} → ${beforeText}`}</p>`,
    gain || unchanged ? "" : "tone-caution",
  );
}

function sizeTile(rows: readonly ComparisonRow[], unchanged: boolean): Markup {
  const label = "Download size";
  if (rows.length === 1)
    return tile(
      label,
      rows.map((row) => comparison(row, unchanged)),
    );
  return tile(
    label,
    html`<div class="switch">${rows.map(
      ({ id }, i) =>
        html`<input type="radio" name="size" id="size-${id}"${i === 0 && html` checked`}><label for="size-${id}">${id}</label>`,
    )}${rows.map((row) => html`<div class="panel">${comparison(row, unchanged)}</div>`)}</div>`,
  );
}

function parityTile({ parity, recovery }: Receipt): Markup {
  if (parity === null || isUnavailable(parity)) {
    const aside = parity === null ? "not run" : visibleText(parity.unavailable, 60);
    return tile(
      "Parity",
      html`${value(UNKNOWN)}<p class="change">not proven</p><p class="aside">${aside}</p>`,
      "tone-bad",
    );
  }
  const passed = parity.maxRel <= parity.tolerance;
  return tile(
    "Parity, maxRel",
    html`${value(formatDeviation(parity.maxRel))}<p class="from">allowed ${formatDeviation(parity.tolerance)}</p>
    <p class="change">${passed ? (recovery.length === 0 ? "same outputs" : "same outputs, before recovery") : "outputs differ"}</p>
    <p class="aside">against the masked original, ${formatNumberOf(parity.outputs.length, "output")}, ${formatNumberOf(parity.inputs, "input set")}</p>`,
    passed ? "" : "tone-bad",
  );
}

function value(text: string): Markup {
  const [number, unit] = text.split("\u00a0");
  return html`<p class="value">${number}${unit !== undefined && html`<small>${unit}</small>`}</p>`;
}

/** Engine, threads, machine, digests: what the numbers hang on. */
function facts({ receipt }: ReportContext): Markup {
  const { latency, machine, seed, artefact, source, memory, load } = receipt;
  const measured = latency === null || isUnavailable(latency) ? null : latency.after;
  const rows: [string, Content][] = [["Target", visibleText(receipt.target, 40)]];
  if (measured !== null) {
    rows.push(["Engine", visibleText(measured.runtime, 80)], ["Threads", measured.threads]);
    rows.push(["Runs", `${formatExact(measured.runs)} a side`]);
    if (measured.batch !== null) rows.push(["Batch", measured.batch]);
  }
  const cpu = machine.cpu ?? machine.model;
  if (cpu !== undefined) rows.push(["Machine", visibleText(cpu, 80)]);
  if (load.ms !== null) rows.push(["Load", formatTogether("ms", [load.ms])[0]]);
  if (memory.peakBytes !== null) rows.push(["Peak memory", formatTogether("bytes", [memory.peakBytes])[0]]);
  rows.push(["Seed", String(seed)], ["Source", digest(source.sha256)]);
  if (artefact !== null) rows.push(["Artefact", digest(artefact.sha256)]);
  if (receipt.seal !== undefined) rows.push(["Receipt seal", digest(receipt.seal)]);
  return html`<dl class="facts">${rows.map(([term, text]) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`)}</dl>`;
}

/** Heading of the first view: the model, not the word verdict. */
export function verdictHeading({ modelName }: ReportContext): Markup {
  return html`${name(modelName)}`;
}
