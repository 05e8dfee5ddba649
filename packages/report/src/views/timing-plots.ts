// The two drawings of the timing evidence: runs by their latency, and runs in the order they were made.

import type { LatencyStatistics } from "@espalier/core";
import { axisX, axisY, dot, gridX, gridY, rect, ruleX, ruleY, text, tickX } from "@observablehq/plot";
import { drawPlot, responsive } from "../plot/draw-plot.js";
import type { Markup } from "../text/markup.js";

/** More runs than this are thinned evenly; the statistics are over all of them. */
const MOST_RUNS = 400;

export interface Series {
  readonly label: string;
  readonly statistics: LatencyStatistics;
  readonly color: string;
}

export interface Run {
  readonly label: string;
  readonly order: number;
  readonly ms: number;
  /** Lies beyond the axis and is drawn at its end. */
  readonly beyond: boolean;
}

/** The runs of a series on an axis that ends at `reach`. */
export function runsOf({ label, statistics }: Series, reach: number): Run[] {
  const { samplesMs } = statistics;
  const every = Math.ceil(samplesMs.length / MOST_RUNS);
  return samplesMs.flatMap((ms, i) =>
    i % every === 0 || ms > reach
      ? [{ label, order: i + 1, ms: Math.min(ms, reach), beyond: ms > reach }]
      : [],
  );
}

/** One strip a series: the box is p10–p90, the long stroke the median. */
export function strips(all: readonly Series[], runs: readonly Run[], reach: number): Markup {
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

export function inOrder(all: readonly Series[], runs: readonly Run[], reach: number): Markup {
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
