// The page of a deployed network as HTML: where an image goes in, where the answers of both networks come out.

import {
  formatDeviation,
  formatNumberOf,
  formatShare,
  speedText,
  visibleName,
  visibleText,
} from "@espalier/report/text";
import type { Deployment } from "../../demo/deployment.js";
import { escapeHtml, type PageLinks, pageHtml, view } from "./shell.js";

/** What a program adds to the page. */
export interface DemoShell {
  /** Address of its script, relative to the page. */
  readonly script: string;
  readonly links: PageLinks;
  /** What can compute, the first chosen. */
  readonly engines: readonly EngineChoice[];
  /** "ONNX Runtime for WebAssembly" */
  readonly engine: string;
  /** Finished HTML below the place for images; nothing where the network takes none. */
  readonly beside?: string;
}

export interface EngineChoice {
  /** Of the choice; an engine of the deployment. */
  readonly id: string;
  readonly label: string;
  /** Cannot be chosen until a script says so, and `<id>-note` why not. */
  readonly disabled?: true;
}

/** index.html */
export function demoHtml(deployment: Deployment, shell: DemoShell): string {
  const { title, card } = deployment;
  return pageHtml({
    title: `${visibleName(title)}, pruned by Espalier`,
    script: shell.script,
    links: shell.links,
    current: "index.html",
    hero: `<h1>${escapeHtml(visibleName(title))}</h1><p>${escapeHtml(summary(deployment))}</p>`,
    main: [
      view(
        "Try it",
        "Does it still answer the same?",
        `<div class="engine" role="radiogroup" aria-label="Engine">${shell.engines.map(choice).join("")}</div><div id="threads"></div>${
          card === null
            ? `<p class="lead">This network takes no image, so there is nothing to drop here. Its figures are below and in the report.</p><div id="answers"></div>`
            : `<div class="try"><div><label class="drop" id="drop"><strong>Drop an image</strong>or click to pick one<input id="file" type="file" accept="image/*" aria-label="An image"></label><div class="samples" id="samples" hidden></div>${shell.beside ?? ""}<canvas id="picture" hidden></canvas></div><div id="answers" aria-live="polite"><p class="empty">The image stays in this tab. Original and pruned network answer side by side.${assumed(deployment)}</p></div></div>`
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
        `<div id="sizes"></div><p class="note">Sizes are decimal. The engine is ${shell.engine}; browsers keep it.</p>`,
      ),
    ],
  });
}

function choice({ id, label, disabled }: EngineChoice, at: number): string {
  const state = `${at === 0 ? " checked" : ""}${disabled ? " disabled" : ""}`;
  const note = disabled ? ` <span class="note" id="${id}-note"></span>` : "";
  return `<label><input type="radio" name="engine" id="${id}"${state}> ${label}${note}</label>`;
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
