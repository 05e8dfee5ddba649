// The two pages as HTML: everything that is the same for all visitors. What depends on the network or the browser is
// filled in by the scripts.

import {
  formatDeviation,
  formatNumberOf,
  formatShare,
  speedText,
  visibleName,
  visibleText,
} from "@espalier/report";
import type { Deployment } from "../page/demo/deployment.js";
import { POLICY } from "./policy.js";

/** Addresses of the scripts, relative to the page. */
export interface PageScripts {
  readonly demo: string;
  readonly prune: string;
}

export const STYLE_FILE = "style.css";
export const ICON_FILE = "icon.svg";

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M16 29V5M16 24H5v-9M16 24h11v-9M16 15H9V8M16 15h7V8" fill="none" stroke="#4f9b73" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>
`;

/** index.html */
export function demoPage(deployment: Deployment, { demo }: PageScripts): string {
  const { title, card } = deployment;
  return page({
    title: `${visibleName(title)}, pruned by Espalier`,
    script: demo,
    current: "index.html",
    hero: `<h1>${escapeHtml(visibleName(title))}</h1><p>${escapeHtml(summary(deployment))}</p>`,
    main: [
      view(
        "Try it",
        "Does it still answer the same?",
        `<div class="engine" role="radiogroup" aria-label="Engine"><label><input type="radio" name="engine" id="wasm" checked> WebAssembly</label><label><input type="radio" name="engine" id="webgpu" disabled> WebGPU <span class="note" id="webgpu-note"></span></label></div><div id="threads"></div>${
          card === null
            ? `<p class="lead">This network takes no image, so there is nothing to drop here. Its figures are below and in the report.</p><div id="answers"></div>`
            : `<div class="try"><div><label class="drop" id="drop"><strong>Drop an image</strong>or click to pick one<input id="file" type="file" accept="image/*" aria-label="An image"></label><div class="samples" id="samples" hidden></div><canvas id="picture" hidden></canvas></div><div id="answers" aria-live="polite"><p class="empty">The image stays in this tab. Original and pruned network answer side by side.${assumed(deployment)}</p></div></div>`
        }`,
      ),
      view(
        "Latency",
        "How much faster, here?",
        `${deployedLatency(deployment)}<p><button type="button" id="measure" disabled>Measure in this browser</button>${card === null ? "" : ` <span class="note">on the image above, one thread</span>`}</p><div id="latency" aria-live="polite"></div>`,
      ),
      view(
        "Download",
        "What does a visitor fetch?",
        `<div id="sizes"></div><p class="note">Sizes are decimal. The engine is ONNX Runtime for WebAssembly; browsers keep it.</p>`,
      ),
    ],
  });
}

/** prune.html */
export function prunePage({ prune }: PageScripts): string {
  return page({
    title: "Prune a network in this tab",
    script: prune,
    current: "prune.html",
    hero: `<h1>Prune a network in this tab</h1><p>Drop an ONNX file. It is read, cut, proven and measured here; nothing is uploaded, and there is nowhere it could go.</p>`,
    main: [
      view(
        "Network",
        "What is to be pruned?",
        `<label class="drop" id="drop"><strong>Drop an ONNX file</strong>or click to pick one. If its weights lie in other files, take all of them at once.<input id="file" type="file" multiple aria-label="An ONNX file"></label><div id="engine"></div><div id="network" hidden><h3 id="network-name" class="name"></h3><div id="model" aria-live="polite"></div></div>`,
      ),
      view("Groups", "What hangs together?", `<div id="group-list"></div>`, "groups"),
      view("Ratio", "How much should go?", `<div id="choices"></div>`, "choice"),
      view(
        "Result",
        "Is it right, and what is it worth?",
        `<div id="result" aria-live="polite"></div>`,
        "outcome",
      ),
    ],
  });
}

interface Page {
  readonly title: string;
  readonly script: string;
  readonly current: string;
  /** Finished HTML, as is `main`. */
  readonly hero: string;
  readonly main: readonly string[];
}

const LINKS = [
  ["index.html", "Demo"],
  ["prune.html", "Prune your own"],
  ["report.html", "Report"],
  ["receipt.json", "Receipt"],
] as const;

function page({ title, script, current, hero, main }: Page): string {
  const links = LINKS.map(
    ([href, text]) => `<a href="${href}"${href === current ? ' aria-current="page"' : ""}>${text}</a>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${ICON_FILE}" type="image/svg+xml">
<link rel="stylesheet" href="${STYLE_FILE}">
<script type="module" src="${script}"></script>
</head>
<body>
<header class="page"><span class="brand">Espalier</span><nav aria-label="Pages">${links.join("")}</nav></header>
<main>
<div class="hero">${hero}</div>
<noscript><p class="lead">These pages compute in the browser, so they need JavaScript.</p></noscript>
${main.join("\n")}
</main>
<footer class="page">Everything is computed in this tab and comes from this site alone.</footer>
</body>
</html>
`;
}

/** @param id of a section that is hidden until there is something in it */
function view(heading: string, question: string, body: string, id?: string): string {
  const attributes = id === undefined ? "" : ` id="${id}" hidden`;
  return `<section class="view"${attributes}><div class="head"><h2>${heading}</h2><p class="question">${question}</p></div><div class="body">${body}</div></section>`;
}

function summary({ request, parity, macs, params }: Deployment): string {
  const share = (change: Deployment["macs"]): string | null =>
    change.before === null || change.after === null ? null : formatShare(change.after / change.before);
  const left = [
    [share(macs), "of the arithmetic"],
    [share(params), "of the weights"],
  ].flatMap(([text, of]) => (text === null ? [] : [`${text} ${of}`]));
  const proof =
    parity === null
      ? "Not proven."
      : `Proven equal to the original with the same units switched off, to ${formatDeviation(parity.maxRel)} over ${formatNumberOf(parity.inputs, "input")}.`;
  return `Asked for: ${visibleText(request, 120)}. ${left.length === 0 ? "" : `${left.join(" and ")} are left. `}${proof} It was not trained afterwards.`;
}

function assumed({ card }: Deployment): string {
  return card?.origin === "assumed"
    ? " No input card came with the network: pixels are scaled to 0…1 and stretched to its size, which may not be what it was trained on."
    : "";
}

function deployedLatency({ latency }: Deployment): string {
  if (latency === null) return "";
  return `<p>When it was deployed, on ${escapeHtml(visibleText(latency.runtime, 120))}: ${escapeHtml(speedText(latency.speedup))}.</p>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
