// Loss and accuracy over the epochs of a training: a line for the steps, dots for the evaluations on the test part.

import { axisX, axisY, dot, gridY, line } from "@observablehq/plot";
import { drawPlot, responsive } from "../plot/draw-plot.js";
import { html, type Markup } from "../text/markup.js";
import { formatTick } from "../text/quantity.js";
import type { TrainingRecord } from "./training-record.js";

/** Points of a line; more are averaged together. */
const MOST_POINTS = 200;

interface Point {
  readonly epoch: number;
  readonly value: number;
}

/** Both plots, one above the other. */
export function trainingCurves({ history }: TrainingRecord): Markup {
  const { curve, evaluations, stepsPerEpoch, steps } = history;
  const epochs = steps / stepsPerEpoch;
  const points = (
    rows: readonly { readonly step: number; readonly loss: number; readonly accuracy: number | null }[],
    of: "loss" | "accuracy",
  ): Point[] =>
    rows.flatMap((row) => {
      const value = row[of];
      return value === null || !Number.isFinite(value) ? [] : [{ epoch: row.step / stepsPerEpoch, value }];
    });
  const panel = (of: "loss" | "accuracy", label: string, note: string): Markup => {
    const [trained, tested] = [averaged(points(curve, of)), points(evaluations, of)];
    return html`<h3>${label}</h3><p class="note">${note}</p>${responsive((width, narrow) =>
      drawing(of, `${label} over the epochs`, { trained, tested, epochs, width, narrow }),
    )}`;
  };
  return html`<div class="legend"><span><svg width="22" height="12" aria-hidden="true"><path d="M0 6H22" stroke="var(--removed-line)" stroke-width="2"/></svg>while training</span><span><svg width="22" height="12" aria-hidden="true"><path d="M0 6H22" stroke="var(--kept)" stroke-width="2"/><circle cx="11" cy="6" r="4" fill="var(--kept)"/></svg>on the test part</span></div>
    ${panel("accuracy", "Accuracy", "Top-1.")}
    ${panel("loss", "Loss", "Cross-entropy on the test part; while training, what was minimised, which holds the teacher's part where there is one.")}`;
}

function drawing(
  of: "loss" | "accuracy",
  label: string,
  {
    trained,
    tested,
    epochs,
    width,
    narrow,
  }: {
    readonly trained: readonly Point[];
    readonly tested: readonly Point[];
    readonly epochs: number;
    readonly width: number;
    readonly narrow: boolean;
  },
): Markup {
  const values = [...trained, ...tested].map(({ value }) => value);
  const least = of === "accuracy" ? Math.min(...values, 1) : 0;
  const bottom = of === "accuracy" && least > 0.5 ? Math.floor(10 * least) / 10 : 0;
  const top = of === "accuracy" ? 1 : Math.max(...values, 1e-6) * 1.05;
  const coordinates = { x: "epoch", y: "value" } as const;
  return drawPlot(label, {
    width,
    height: narrow ? 200 : 240,
    ...{ marginLeft: 48, marginRight: 18, marginTop: 14, marginBottom: 38 },
    x: { domain: [0, epochs], axis: null },
    y: { domain: [bottom, top], axis: null, clamp: true },
    marks: [
      gridY({ ticks: 5, stroke: "var(--rule)", strokeOpacity: 1 }),
      axisY({
        ...{ ticks: 5, tickSize: 0, label: null, fill: "var(--soft)" },
        tickFormat: (n: number) =>
          of === "accuracy" ? `${Number((100 * n).toFixed(1))} %` : formatTick("count", n),
      }),
      axisX({
        ...{ ticks: Math.min(epochs, narrow ? 4 : 10), tickSize: 0, label: "epochs", fill: "var(--soft)" },
        ...{ labelArrow: "none", labelAnchor: "right" },
        tickFormat: (n: number) => (Number.isInteger(n) ? String(n) : ""),
      }),
      line([...trained], { ...coordinates, stroke: "var(--removed-line)", strokeWidth: 1.5 }),
      line([...tested], { ...coordinates, stroke: "var(--kept)", strokeWidth: 2 }),
      dot([...tested], { ...coordinates, r: 3.5, fill: "var(--kept)" }),
    ],
  });
}

/** Neighbours together, so that at most {@link MOST_POINTS} are left. */
function averaged(points: readonly Point[]): Point[] {
  const every = Math.ceil(points.length / MOST_POINTS);
  const found: Point[] = [];
  for (let from = 0; from < points.length; from += every) {
    const part = points.slice(from, from + every);
    const mean = (of: keyof Point): number => part.reduce((sum, one) => sum + one[of], 0) / part.length;
    found.push({ epoch: mean("epoch"), value: mean("value") });
  }
  return found;
}
