// The page at / of a served model: what it takes and gives, how to call it, how it does, what pruning changed.
// No script; it loads nothing. Pure: the same input gives the same bytes.

import { isUnavailable, type Receipt } from "@espalier/core";
import { html, type Markup, trusted } from "../text/markup.js";
import { formatExact, formatNumberOf, formatTogether } from "../text/quantity.js";
import { visibleName, visibleText } from "../text/visible-text.js";
import { BASE } from "../theme/base.js";
import { TOKENS } from "../theme/tokens.js";
import { compare } from "../verdict/comparison.js";
import { digest, name } from "../views/name.js";
import { proportionBar } from "../views/proportion-bar.js";
import { latencyPicture } from "./latency-picture.js";

export interface ServicePort {
  readonly name: string;
  /** "float32" */
  readonly type: string;
  /** Texts are free dimensions. */
  readonly shape: readonly (number | string)[];
}

export interface ServiceTimes {
  readonly count: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
}

export interface ServicePage {
  readonly title: string;
  readonly receipt: Receipt;
  /** Digest of the model that is served. */
  readonly sha256: string;
  /** The dense baseline is served, for comparison. */
  readonly dense: boolean;
  readonly inputs: readonly ServicePort[];
  readonly outputs: readonly ServicePort[];
  /** Calls to copy, with what they do. */
  readonly calls: readonly { readonly what: string; readonly command: string }[];
  readonly ready: boolean;
  readonly workers: number;
  /** Since the start and over the last minute; in the server, from the whole request to the reply. */
  readonly served: { readonly all: ServiceTimes; readonly recent: ServiceTimes };
  /** Requests by time, for the picture. */
  readonly buckets: readonly { readonly upToMs: number; readonly count: number }[];
}

const css = `
header.page { padding-bottom: 26px; }
.state { font: 600 12.5px/1 var(--sans); padding: 5px 9px; border-radius: 2px; color: var(--kept); background: var(--kept-soft); }
.state.off { color: var(--caution); background: var(--caution-wash); }
section.view:first-of-type { border-top: 2px solid var(--rule-strong); }
h1 { font: 400 36px/1.22 var(--serif); letter-spacing: -.012em; margin: 18px 0 6px; overflow-wrap: anywhere; }
.lead { color: var(--soft); margin: 0 0 34px; max-width: 96ch; }
.tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 28px; margin: 0 0 44px; }
.tile { border-top: 2px solid var(--rule-strong); padding-top: 10px; min-width: 0; }
.tile p { margin: 0; max-width: none; } .tile .label, .tile .from { font-size: 13px; color: var(--soft); }
.tile .value { font: 400 30px/1.15 var(--sans); letter-spacing: -.02em; margin: 4px 0 2px; white-space: nowrap; }
.tile .value small { font-size: 16px; letter-spacing: 0; margin-left: 3px; color: var(--soft); }
.tile .change { font-size: 14px; font-weight: 600; margin-top: 8px; }
svg.bar { display: block; width: 100%; height: 5px; margin: 9px 0 0; }
.times { margin-top: 26px; }
.call { margin: 0 0 18px; } .call p { margin: 0 0 4px; font-size: 13.5px; color: var(--soft); } .call pre { margin: 0; }
@media (max-width: 900px) { .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 640px) { h1 { font-size: 27px; } .tile .value { font-size: 25px; } }
`;

/** The page as text. */
export function renderServicePage(page: ServicePage): string {
  return `<!doctype html>\n${document(page)}\n`;
}

function document(page: ServicePage): Markup {
  const { title, receipt, ready, workers, dense } = page;
  return html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${visibleName(title)}, served by Espalier</title>
<style>${trusted([TOKENS, BASE, css].join(""))}</style>
</head>
<body>
<header class="page"><span class="brand">Espalier, model server</span><span class="state ${!ready && "off"}">${ready ? "ready" : "not ready"}</span></header>
<main>
<h1>${visibleName(title)}</h1>
<p class="lead">${dense ? "The dense baseline, for comparison: the same model with the same clean-ups, nothing removed." : provenance(receipt)} Model ${digest(page.sha256)}, ${formatNumberOf(workers, "process", "processes")} of one thread.</p>
${tiles(receipt)}
${view("Calling it", "How do I ask it?", calls(page))}
${view("Inputs and outputs", "What goes in, what comes out?", ports(page))}
${view("Served so far", "How fast does it answer?", served(page))}
</main>
<footer class="page">${["/health", "/latency"].map((path) => html`<a href="${path}">${path}</a> `)} Sizes are decimal: 1 MB is 1,000,000 bytes. This page holds no script and loads nothing.</footer>
</body>
</html>`;
}

function provenance({ target, parity }: Receipt): string {
  const proven = parity !== null && !isUnavailable(parity) && parity.maxRel <= parity.tolerance;
  return `Pruned for ${visibleText(target, 40)}${proven ? ", proven equal to the masked original" : ""}.`;
}

function view(heading: string, question: string, body: Markup): Markup {
  return html`<section class="view"><div class="head"><h2>${heading}</h2><p class="question">${question}</p></div><div class="body">${body}</div></section>`;
}

/** Before and after, from the receipt. */
function tiles(receipt: Receipt): Markup {
  const rows = compare(receipt).filter(({ id }) => ["latency", "macs", "params", "raw"].includes(id));
  return html`<div class="tiles">${rows.map((row) => {
    const [number, unit] = row.afterText.split("\u00a0");
    return html`<div class="tile"><p class="label">${row.label}</p><p class="value">${number}${unit !== undefined && html`<small>${unit}</small>`}</p><p class="from">from ${row.beforeText}</p>${proportionBar(row.before, row.after)}<p class="change">${row.change}</p></div>`;
  })}</div>`;
}

function ports({ inputs, outputs }: ServicePage): Markup {
  const rows = [
    ...inputs.map((port) => ({ kind: "input", port })),
    ...outputs.map((port) => ({ kind: "output", port })),
  ];
  return html`<div class="scroll"><table><thead><tr><th></th><th>Name</th><th>Type</th><th>Dimensions</th></tr></thead><tbody>${rows.map(
    ({ kind, port }) =>
      html`<tr><td>${kind}</td><th>${name(port.name)}</th><td>${port.type}</td><td>${dims(port.shape)}</td></tr>`,
  )}</tbody></table></div>`;
}

function dims(shape: readonly (number | string)[]): Markup {
  if (shape.length === 0) return html`scalar`;
  return html`${shape.map((dim, i) => html`${i > 0 && " × "}${typeof dim === "number" ? dim : name(dim === "" ? "any" : dim, 40)}`)}`;
}

function calls({ calls: all }: ServicePage): Markup {
  return html`${all.map(({ what, command }) => html`<div class="call"><p>${visibleText(what)}</p><pre>${visibleText(command, 2000)}</pre></div>`)}`;
}

function served({ served: { all, recent }, buckets }: ServicePage): Markup {
  if (all.count === 0) return html`<p>Nothing yet.</p>`;
  const rows = [
    { label: "since the start", times: all },
    { label: "last minute", times: recent },
  ];
  const shown = formatTogether(
    "ms",
    rows.flatMap(({ times }) => [times.p50Ms, times.p90Ms, times.p99Ms]),
  );
  return html`<div class="scroll"><table><thead><tr><th></th><th class="n">Requests</th><th class="n">p50</th><th class="n">p90</th><th class="n">p99</th></tr></thead><tbody>${rows.map(
    ({ label, times }, i) =>
      html`<tr><th>${label}</th><td class="n">${formatExact(times.count)}</td>${shown.slice(3 * i, 3 * i + 3).map((text) => html`<td class="n">${text}</td>`)}</tr>`,
  )}</tbody></table></div>
  <div class="times">${latencyPicture(buckets)}</div><p class="note">All requests by the time the server took, on a logarithmic axis.</p>`;
}
