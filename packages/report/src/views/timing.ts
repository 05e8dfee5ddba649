// View 8 of the plan of views: the evidence. Every timed run as a strip on one axis from zero, with median
// and p10–p90; and every run in the order it was made, which shows drift and disturbances.

import { isUnavailable, type LatencyReport, type LatencyStatistics } from "@espalier/core";
import { axisX, axisY, dot, gridX, gridY, rect, ruleX, ruleY, text, tickX } from "@observablehq/plot";
import { drawPlot, responsive } from "../plot/draw-plot.js";
import { html, type Markup } from "../text/markup.js";
import { formatExact, formatNumberOf, formatShare, formatTogether, UNKNOWN } from "../text/quantity.js";
import { visibleText } from "../text/visible-text.js";
import { speedText } from "../verdict/comparison.js";
import type { View } from "./view.js";

/** More runs than this are thinned evenly in the drawings; the statistics are over all of them. */
const MOST_RUNS = 400;
/** Runs beyond this multiple of the largest p90 are marked at the edge. */
const AXIS_REACH = 1.35;

const css = `
#timing td .flag, #timing .flag { color: var(--caution); font-weight: 600; }
#timing h3:first-of-type { margin-top: 18px; }
`;

interface Series {
  readonly label: string;
  readonly statistics: LatencyStatistics;
  readonly color: string;
}

interface Run {
  readonly label: string;
  readonly color: string;
  readonly order: number;
  readonly ms: number;
  readonly beyond: boolean;
}

export const timingView: View = {
  id: "timing",
  heading: "Timing evidence",
  question: "Can I trust the number?",
  css,
  render: ({ receipt: { latency } }) => {
    if (latency === null) return html`<p>No latency was measured in this run.</p>`;
    if (isUnavailable(latency))
      return html`<p>Latency was not measured: <code>${visibleText(latency.unavailable, 80)}</code>.</p><p>Unblock: ${visibleText(latency.unblock)}</p>`;
    const all = seriesOf(latency);
    const reach = Math.max(...all.map(({ statistics }) => statistics.p90Ms)) * AXIS_REACH;
    const runs = all.flatMap((series) => runsOf(series, reach));
    const beyond = runs.filter((run) => run.beyond).length;
    return html`<p>${intro(latency)}</p>
      ${statisticsTable(latency, all)}
      <h3>Every run</h3><div class="legend"><span><svg width="22" height="14" aria-hidden="true"><rect width="22" height="14" fill="var(--kept)" fill-opacity=".22"/></svg>p10–p90</span><span><svg width="3" height="16" aria-hidden="true"><rect width="2" height="16" fill="var(--ink)"/></svg>median</span><span><svg width="12" height="12" aria-hidden="true"><path d="M1 0V12M5 0V12M10 0V12" stroke="var(--kept)"/></svg>one run each</span></div>
      ${strips(all, runs, reach)}
      ${beyond > 0 && html`<p class="note">${formatNumberOf(beyond, "run")} beyond the axis ${beyond === 1 ? "is" : "are"} drawn at its right edge.</p>`}
      <h3>In the order they were made</h3>${inOrder(all, runs, reach)}
      ${beside(latency)}`;
  },
};

function intro({ before, after }: LatencyReport): string {
  const unstable = before.unstable || after.unstable;
  const verdict = unstable
    ? " At least one side stayed unstable after repeats, (p90 − p10) / median above 0.25, so the runs support no verdict."
    : "";
  return `The models were timed in alternating blocks, so that a disturbance meets all of them.${verdict}`;
}

function seriesOf({ source, before, after }: LatencyReport): Series[] {
  return [
    ...(source === null ? [] : [{ label: "source file", statistics: source, color: "var(--faint)" }]),
    { label: "dense baseline", statistics: before, color: "var(--removed-line)" },
    { label: "pruned", statistics: after, color: "var(--kept)" },
  ];
}

function runsOf({ label, statistics, color }: Series, reach: number): Run[] {
  const { samplesMs } = statistics;
  const every = Math.ceil(samplesMs.length / MOST_RUNS);
  return samplesMs.flatMap((ms, i) =>
    i % every === 0 || ms > reach
      ? [{ label, color, order: i + 1, ms: Math.min(ms, reach), beyond: ms > reach }]
      : [],
  );
}

function statisticsTable(latency: LatencyReport, all: readonly Series[]): Markup {
  const times = formatTogether(
    "ms",
    all.flatMap(({ statistics: s }) => [s.medianMs, s.p10Ms, s.p90Ms]),
  );
  return html`<div class="scroll"><table><thead><tr><th></th><th class="n">Median</th><th class="n">p10</th><th class="n">p90</th><th class="n">Spread</th><th class="n">Runs</th><th>Against the dense baseline</th></tr></thead><tbody>${all.map(
    ({ label, statistics: s }, i) =>
      html`<tr><th>${label}${s.unstable && html` <span class="flag">unstable</span>`}</th>${times.slice(i * 3, i * 3 + 3).map((time) => html`<td class="n">${time}</td>`)}<td class="n">${formatShare((s.p90Ms - s.p10Ms) / s.medianMs)}</td><td class="n">${formatExact(s.runs)}</td><td>${relation(label, s, latency)}</td></tr>`,
  )}</tbody></table></div>`;
}

function relation(label: string, statistics: LatencyStatistics, { before, speedup }: LatencyReport): string {
  if (label === "pruned") return speedText(speedup);
  if (label === "dense baseline") return UNKNOWN;
  return statistics.unstable || before.unstable
    ? "undecided"
    : speedText(before.medianMs / statistics.medianMs);
}

/** One strip a series: the box is p10–p90, the long stroke the median. */
function strips(all: readonly Series[], runs: readonly Run[], reach: number): Markup {
  return responsive((width, narrow) => {
    const rowHeight = narrow ? 62 : 48;
    const marginLeft = narrow ? 2 : 118;
    const inset = narrow ? { insetTop: 24, insetBottom: 8 } : { insetTop: 9, insetBottom: 9 };
    const within = { insetTop: inset.insetTop + 6, insetBottom: inset.insetBottom + 6 };
    return drawPlot("Every timed run, by model", {
      width,
      height: all.length * rowHeight + 46,
      marginLeft,
      marginRight: 12,
      marginTop: 6,
      marginBottom: 40,
      x: { domain: [0, reach], axis: null },
      y: { type: "band", domain: all.map((s) => s.label), axis: null, padding: 0 },
      marks: [
        axisX({
          anchor: "bottom",
          ticks: narrow ? 4 : 8,
          tickSize: 0,
          label: "latency of one run, ms",
          labelArrow: "none",
          labelAnchor: "right",
          fill: "var(--soft)",
        }),
        gridX({ ticks: narrow ? 4 : 8, stroke: "var(--rule)", strokeOpacity: 1 }),
        ...all.flatMap(({ label, statistics, color }) => [
          rect([statistics], {
            x1: "p10Ms",
            x2: "p90Ms",
            y: () => label,
            fill: color,
            fillOpacity: 0.22,
            ...inset,
          }),
          tickX(
            runs.filter((run) => run.label === label),
            { x: "ms", y: "label", stroke: color, strokeWidth: 1, strokeOpacity: 0.7, ...within },
          ),
          tickX([statistics], {
            x: "medianMs",
            y: () => label,
            stroke: "var(--ink)",
            strokeWidth: 2,
            insetTop: inset.insetTop - 2,
            insetBottom: inset.insetBottom - 2,
          }),
        ]),
        text(all, {
          y: "label",
          text: "label",
          frameAnchor: "left",
          textAnchor: "start",
          dx: -marginLeft,
          ...(narrow ? { dy: -20 } : {}),
          fontSize: 13,
          fill: "var(--ink)",
        }),
      ],
    });
  });
}

function inOrder(all: readonly Series[], runs: readonly Run[], reach: number): Markup {
  const last = Math.max(...all.map(({ statistics }) => statistics.samplesMs.length), 1);
  return responsive((width, narrow) =>
    drawPlot("Timed runs in the order they were made", {
      width,
      height: narrow ? 230 : 250,
      marginLeft: 34,
      marginRight: narrow ? 4 : 110,
      marginTop: 22,
      marginBottom: 40,
      x: { domain: [0, last], axis: null },
      y: { domain: [0, reach], axis: null },
      marks: [
        gridY({ ticks: 5, stroke: "var(--rule)", strokeOpacity: 1 }),
        axisY({
          ticks: 5,
          tickSize: 0,
          label: "ms",
          labelArrow: "none",
          labelAnchor: "top",
          fill: "var(--soft)",
        }),
        axisX({
          ticks: narrow ? 4 : 8,
          tickSize: 0,
          label: "number of the run",
          labelArrow: "none",
          labelAnchor: "right",
          fill: "var(--soft)",
        }),
        ruleY([0], { stroke: "var(--removed-line)" }),
        ruleX([0], { stroke: "none" }),
        ...all.map(({ label, color }) =>
          dot(
            runs.filter((run) => run.label === label),
            { x: "order", y: "ms", r: 1.4, fill: color },
          ),
        ),
        text(narrow ? [] : spreadLabels(all, reach), {
          x: last,
          y: "y",
          text: "label",
          dx: 10,
          textAnchor: "start",
          fill: "var(--soft)",
        }),
      ],
    }),
  );
}

/** Labels beside the cloud they name, pushed apart where two medians are close. */
function spreadLabels(all: readonly Series[], reach: number): { label: string; y: number }[] {
  const gap = reach * 0.085;
  const labels = all
    .map(({ label, statistics }) => ({ label, y: statistics.medianMs }))
    .sort((a, b) => a.y - b.y);
  for (let i = 1; i < labels.length; i++) {
    const [below, here] = [labels[i - 1] as { y: number }, labels[i] as { y: number }];
    here.y = Math.max(here.y, below.y + gap);
  }
  return labels;
}

function beside({ beside: rows = [] }: LatencyReport): Markup | null {
  if (rows.length === 0) return null;
  return html`<h3>At other thread counts</h3><div class="scroll"><table class="fit"><thead><tr><th class="n">Threads</th><th class="n">Before</th><th class="n">After</th><th>Change</th></tr></thead><tbody>${rows
    .slice(0, 20)
    .map(({ before, after, speedup }) => {
      const [a, b] = formatTogether("ms", [before.medianMs, after.medianMs]);
      return html`<tr><td class="n">${formatExact(before.threads)}</td><td class="n">${a}</td><td class="n">${b}</td><td>${speedText(speedup)}${(before.unstable || after.unstable) && html` <span class="flag">unstable</span>`}</td></tr>`;
    })}</tbody></table></div>`;
}
