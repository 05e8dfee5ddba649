// The section "Under load" of report.html: what a client of the deployed model sees, before and after. It is put
// into a page that is already written, since the load is run later, and replaces the one of an earlier run.

import { axisX, axisY, gridX, gridY, lineY, ruleY, text } from "@observablehq/plot";
import { drawPlot, responsive } from "../plot/draw-plot.js";
import { html, type Markup } from "../text/markup.js";
import { formatExact, formatFactor, formatNumberOf, formatTogether } from "../text/quantity.js";
import { visibleText } from "../text/visible-text.js";
import type { LoadComparison, LoadedModel } from "./load-comparison.js";

const BEGIN = "<!--espalier:load-->";
const END = "<!--/espalier:load-->";
const LAST_VIEW = "</main>";

/** The page of `renderReport` with the section in it; null when `page` is not such a page. */
export function withLoadSection(page: string, comparison: LoadComparison): string | null {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  const bare = from >= 0 && to > from ? page.slice(0, from) + page.slice(to + END.length) : page;
  const at = bare.lastIndexOf(LAST_VIEW);
  if (at < 0) return null;
  return `${bare.slice(0, at)}${BEGIN}${loadSection(comparison)}${END}${bare.slice(at)}`;
}

function loadSection(comparison: LoadComparison): Markup {
  const { dense, pruned, clients, workers, rounds, unstable } = comparison;
  const seconds = rounds.reduce((sum, round) => sum + round.seconds, 0);
  return html`<section class="view" id="load"><div class="head"><h2>Under load</h2><p class="question">What do the clients of the server see?</p></div>
<div class="body"><p>${unstable ? "The blocks differ too much to claim a factor." : `${formatFactor(pruned.perSecond / dense.perSecond)} the requests per second, ${formatFactor(dense.p99Ms / pruned.p99Ms)} lower p99.`} Both models were served in turn, in alternating blocks, ${formatNumberOf(Math.round(seconds), "second")} in all, with ${formatNumberOf(clients, "request")} open at any time and ${formatNumberOf(workers, "process", "processes")} of one thread behind the server.</p>
${statistics(comparison)}
<h3>Latency that so many of the requests stay below</h3>
${picture(dense, pruned)}
<p class="note">Measured ${visibleText(comparison.createdAt, 40)} on ${visibleText(comparison.machine.cpu ?? "an unknown machine", 80)}, from a process of its own over the loopback interface. Client and server share the machine.</p></div></section>`;
}

function statistics({ dense, pruned }: LoadComparison): Markup {
  const sides = [
    { label: "dense baseline", side: dense },
    { label: "pruned", side: pruned },
  ];
  const times = formatTogether(
    "ms",
    sides.flatMap(({ side }) => [side.p50Ms, side.p90Ms, side.p99Ms]),
  );
  return html`<div class="scroll"><table><thead><tr><th></th><th class="n">Requests/s</th><th class="n">p50</th><th class="n">p90</th><th class="n">p99</th><th class="n">Requests</th><th class="n">Failed</th></tr></thead><tbody>${sides.map(
    ({ label, side }, i) =>
      html`<tr><th>${label}</th><td class="n">${formatExact(Math.round(side.perSecond))}</td>${times.slice(3 * i, 3 * i + 3).map((time) => html`<td class="n">${time}</td>`)}<td class="n">${formatExact(side.requests)}</td><td class="n">${formatExact(side.failed)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** Quantile functions of both, to the 99.5th per cent: beyond it single requests would set the scale. */
function picture(dense: LoadedModel, pruned: LoadedModel): Markup {
  const sides = [
    { label: "dense", color: "var(--removed-line)", points: pointsOf(dense) },
    { label: "pruned", color: "var(--kept)", points: pointsOf(pruned) },
  ];
  const reach = 1.06 * Math.max(...sides.flatMap(({ points }) => points.map(({ ms }) => ms)));
  return responsive((width, narrow) =>
    drawPlot("Latency by share of the requests, dense and pruned", {
      width,
      height: narrow ? 240 : 280,
      marginLeft: 40,
      marginRight: 64,
      marginTop: 22,
      marginBottom: 40,
      x: { domain: [0, 100], axis: null },
      y: { domain: [0, reach], axis: null },
      marks: [
        gridY({ ticks: 5, stroke: "var(--rule)", strokeOpacity: 1 }),
        gridX([50, 90, 99], { stroke: "var(--rule)", strokeOpacity: 1 }),
        axisY({
          ticks: 5,
          tickSize: 0,
          label: "ms",
          labelArrow: "none",
          labelAnchor: "top",
          fill: "var(--soft)",
        }),
        axisX([0, 50, 90, 99], {
          tickSize: 0,
          tickFormat: (share: number) => (share === 0 ? "0" : `p${share}`),
          label: null,
          fill: "var(--soft)",
        }),
        ruleY([0], { stroke: "var(--removed-line)" }),
        ...sides.flatMap(({ label, color, points }) => [
          lineY(points, { x: "share", y: "ms", stroke: color, strokeWidth: 2 }),
          text(points.slice(-1), {
            x: "share",
            y: "ms",
            text: () => label,
            dx: 8,
            textAnchor: "start",
            fill: "var(--soft)",
          }),
        ]),
      ],
    }),
  );
}

function pointsOf({ quantilesMs }: LoadedModel): { share: number; ms: number }[] {
  const last = quantilesMs.length - 1;
  return quantilesMs.map((ms, i) => ({ share: (100 * i) / last, ms })).filter(({ share }) => share <= 99.5);
}
