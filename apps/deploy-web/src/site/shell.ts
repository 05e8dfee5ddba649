// The two pages as HTML.

import { type Deployment, demoHtml, pageHtml, view } from "@espalier/page/node";

/** Addresses of the scripts, relative to the page. */
export interface PageScripts {
  readonly demo: string;
  readonly prune: string;
}

const LINKS = [
  ["index.html", "Demo"],
  ["prune.html", "Prune your own"],
  ["report.html", "Report"],
  ["receipt.json", "Receipt"],
] as const;

/** index.html */
export function demoPage(deployment: Deployment, { demo }: PageScripts): string {
  return demoHtml(deployment, {
    script: demo,
    links: LINKS,
    engines: [
      { id: "wasm", label: "WebAssembly" },
      { id: "webgpu", label: "WebGPU", disabled: true },
    ],
    engine: "ONNX Runtime for WebAssembly",
  });
}

/** prune.html */
export function prunePage({ prune }: PageScripts): string {
  return pageHtml({
    title: "Prune a network in this tab",
    script: prune,
    links: LINKS,
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
