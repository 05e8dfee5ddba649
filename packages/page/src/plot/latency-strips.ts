// Every timed run as a stroke, one strip a model, on one axis from zero: the box is p10–p90, the long stroke the
// median. The same picture as in the report, drawn by hand: a page need not fetch a plotting library for it.

import type { LatencyStatistics } from "@espalier/core";
import { formatTick } from "@espalier/report/text";
import { svgElement } from "../dom/element.js";

export interface Strip {
  readonly label: string;
  readonly statistics: LatencyStatistics;
  /** A CSS colour or variable. */
  readonly color: string;
}

const WIDTH = 856;
const ROW = 52;
const LABELS = 118;
const AXIS = 30;
/** Runs beyond this multiple of the largest p90 are drawn at the edge. */
const REACH = 1.35;
/** More runs than this are thinned evenly. */
const MOST_RUNS = 400;

export function latencyStrips(strips: readonly Strip[]): SVGSVGElement {
  const reach = Math.max(...strips.map(({ statistics }) => statistics.p90Ms)) * REACH;
  const x = (ms: number): number => round(LABELS + (Math.min(ms, reach) / reach) * (WIDTH - LABELS - 4));
  const height = strips.length * ROW + AXIS;
  const rows = strips.flatMap((strip, row) => rowOf(strip, row * ROW, x));
  const ticks = roundTicks(reach).flatMap((ms) => [
    svgElement("path", { d: `M${x(ms)} 0V${height - AXIS}`, stroke: "var(--rule)" }),
    svgElement(
      "text",
      { x: x(ms), y: height - AXIS + 18, "text-anchor": "middle", fill: "var(--soft)", "font-size": 12 },
      formatTick("ms", ms),
    ),
  ]);
  const described = strips.map(({ label, statistics }) => `${label}: median ${statistics.medianMs} ms`);
  return svgElement(
    "svg",
    { class: "plot", viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": described.join("; ") },
    ...ticks,
    ...rows,
  );
}

function rowOf({ label, statistics, color }: Strip, top: number, x: (ms: number) => number): SVGElement[] {
  const { p10Ms, p90Ms, medianMs, samplesMs } = statistics;
  const every = Math.ceil(samplesMs.length / MOST_RUNS);
  const runs = samplesMs.filter((_, i) => i % every === 0).map((ms) => `M${x(ms)} ${top + 16}v20`);
  const box = { x: x(p10Ms), width: Math.max(1, round(x(p90Ms) - x(p10Ms))), y: top + 10, height: 32 };
  return [
    svgElement("rect", { ...box, fill: color, "fill-opacity": 0.22 }),
    svgElement("path", { d: runs.join(""), stroke: color, "stroke-opacity": 0.7 }),
    svgElement("path", { d: `M${x(medianMs)} ${top + 7}v38`, stroke: "var(--ink)", "stroke-width": 2 }),
    svgElement("text", { x: 0, y: top + 30, "font-size": 13, fill: "var(--ink)" }, label),
  ];
}

/** About six round numbers from 0. */
function roundTicks(reach: number): number[] {
  const rough = reach / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.floor(reach / step) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
