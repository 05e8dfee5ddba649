// View 8 of the plan of views: the evidence. Every timed run as a strip on one axis from zero, with median
// and p10–p90; and every run in the order it was made, which shows drift and disturbances.

import { isUnavailable, type LatencyReport, type LatencyStatistics } from "@espalier/core";
import { html, type Markup } from "../text/markup.js";
import { formatExact, formatNumberOf, formatShare, formatTogether, UNKNOWN } from "../text/quantity.js";
import { runsPerSample } from "../text/samples.js";
import { speedText } from "../text/speed-text.js";
import { visibleText } from "../text/visible-text.js";
import { inOrder, runsOf, type Series, strips } from "./timing-plots.js";
import type { View } from "./view.js";

/** Runs beyond this multiple of the largest p90 are marked at the edge. */
const AXIS_REACH = 1.35;

const css = `
#timing td .flag, #timing .flag { color: var(--caution); font-weight: 600; }
#timing h3:first-of-type { margin-top: 18px; }
`;

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
      <h3>Every ${runsPerSample(latency.before, latency.after) === 1 ? "run" : "sample"}</h3><div class="legend"><span><svg width="22" height="14" aria-hidden="true"><rect width="22" height="14" fill="var(--kept)" fill-opacity=".22"/></svg>p10–p90</span><span><svg width="3" height="16" aria-hidden="true"><rect width="2" height="16" fill="var(--ink)"/></svg>median</span><span><svg width="12" height="12" aria-hidden="true"><path d="M1 0V12M5 0V12M10 0V12" stroke="var(--kept)"/></svg>${markText(latency)}</span></div>
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
  return `The models were timed in alternating blocks, so that a disturbance meets all of them.${averagedText({ before, after })}${verdict}`;
}

/** Where the clock is too coarse for one run, a sample is the mean of several. */
function averagedText(latency: Pick<LatencyReport, "before" | "after">): string {
  const runs = runsPerSample(latency.before, latency.after);
  return runs === 1
    ? ""
    : ` The clock of this runtime is too coarse to time one run, so each sample is the mean of ${formatNumberOf(runs, "run")}; the spread between single runs is larger than the spread shown.`;
}

function markText(latency: LatencyReport): string {
  const runs = runsPerSample(latency.before, latency.after);
  return runs === 1 ? "one run each" : `the mean of ${formatNumberOf(runs, "run")} each`;
}

function seriesOf({ source, before, after }: LatencyReport): Series[] {
  return [
    ...(source === null ? [] : [{ label: "source file", statistics: source, color: "var(--faint)" }]),
    { label: "dense baseline", statistics: before, color: "var(--removed-line)" },
    { label: "pruned", statistics: after, color: "var(--kept)" },
  ];
}

function statisticsTable(latency: LatencyReport, all: readonly Series[]): Markup {
  const times = formatTogether(
    "ms",
    all.flatMap(({ statistics: s }) => [s.medianMs, s.p10Ms, s.p90Ms]),
  );
  return html`<div class="scroll"><table><thead><tr><th></th><th class="n">Median</th><th class="n">p10</th><th class="n">p90</th><th class="n">Spread</th><th class="n">${runsPerSample(latency.before, latency.after) === 1 ? "Runs" : "Samples"}</th><th>Against the dense baseline</th></tr></thead><tbody>${all.map(
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

function beside({ beside: rows = [] }: LatencyReport): Markup | null {
  if (rows.length === 0) return null;
  return html`<h3>At other thread counts</h3><div class="scroll"><table class="fit"><thead><tr><th class="n">Threads</th><th class="n">Before</th><th class="n">After</th><th>Change</th></tr></thead><tbody>${rows
    .slice(0, 20)
    .map(({ before, after, speedup }) => {
      const [a, b] = formatTogether("ms", [before.medianMs, after.medianMs]);
      return html`<tr><td class="n">${formatExact(before.threads)}</td><td class="n">${a}</td><td class="n">${b}</td><td>${speedText(speedup)}${(before.unstable || after.unstable) && html` <span class="flag">unstable</span>`}</td></tr>`;
    })}</tbody></table></div>`;
}
