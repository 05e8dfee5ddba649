// The lottery tickets as people look at them: docs/images/lottery-tickets.svg, and the table of docs/lottery-tickets.md.
//
//   node studies/lottery-tickets-page.mjs       from studies/results/lottery-tickets.json
//
// A ticket is above the dense network where its test error is less: judged by the sign of the mean of the differences within
// seeds, where the 95 % interval of that mean does not contain 0; else it is a tie.

import * as Plot from "@observablehq/plot";
import { palette, writeFigure } from "./plots.mjs";
import { readResult, writeTable } from "./study.mjs";

const ARMS = {
  ticket: { label: "winning ticket", color: palette.pruned },
  again: { label: "same masks, drawn anew", color: palette.control },
};
const COLUMNS = [
  "Weights left",
  "Ticket: early stop",
  "at the end",
  "stops at step",
  "less dense, early stop",
  "Drawn anew: early stop",
  "at the end",
  "less dense, early stop",
];

const result = readResult("lottery-tickets");
if (result === null) throw new Error("There is no studies/results/lottery-tickets.json yet");
const { spread, runs } = result;
/** Rounds of all seeds, in order. */
const rounds = Object.keys(spread)
  .flatMap((name) => (name.startsWith("level/") ? [Number(name.slice(6))] : []))
  .sort((a, b) => a - b);

writeTable(
  "lottery-tickets",
  "lottery-tickets",
  [COLUMNS, ...rounds.map(row)],
  `Mean (least to most) over ${runs.length} seeds; differences from the dense network of the same seed, in points, with the 95 % interval of their mean.`,
);
writeFigure("docs/images/lottery-tickets.svg", {
  title: "Lottery tickets of LeNet-300-100 on MNIST, beside the same masks on other random weights",
  note: `mean of ${runs.length} seeds, band from least to most; dashed: the dense network`,
  legend: Object.values(ARMS),
  plots: [
    panel("early", "Test error where validation loss is least, %", 100),
    panel("end", "Test error after the last step, %", 100),
    panel("step", "Step where validation loss is least, thousand", 1e-3),
  ],
});

/** Over the weights left, on a scale where every round is one step. */
function panel(what, label, scale) {
  const points = Object.entries(ARMS).flatMap(([arm, { label: name }]) =>
    rounds.flatMap((round) => {
      const found = spread[`${arm}/${round}/${what}`];
      if (found === undefined) return [];
      return [{ arm: name, round, mean: scale * found.mean, min: scale * found.min, max: scale * found.max }];
    }),
  );
  const left = (round) => (100 * spread[`level/${round}`].mean).toFixed(1);
  return {
    x: { label: "weights left, %", ticks: rounds.filter((round) => round % 3 === 0), tickFormat: left },
    y: { label, nice: true, zero: false },
    color: {
      domain: Object.values(ARMS).map(({ label: name }) => name),
      range: Object.values(ARMS).map(({ color }) => color),
    },
    marks: [
      Plot.areaY(points, { x: "round", y1: "min", y2: "max", fill: "arm", fillOpacity: 0.14 }),
      Plot.ruleY([scale * spread[`ticket/0/${what}`].mean], {
        stroke: palette.dense,
        strokeDasharray: "5 4",
      }),
      Plot.lineY(points, { x: "round", y: "mean", stroke: "arm", strokeWidth: 2.4 }),
    ],
  };
}

function row(round) {
  const of = (arm, what) => spread[`${arm}/${round}/${what}`];
  const error = (arm, what) => {
    const found = of(arm, what);
    return found === undefined ? "" : `${percent(found.mean)} (${percent(found.min)}–${percent(found.max)})`;
  };
  const step = of("ticket", "step");
  return [
    `${(100 * spread[`level/${round}`].mean).toFixed(1)} %`,
    error("ticket", "early"),
    error("ticket", "end"),
    `${Math.round(step.mean)} (${Math.round(step.min)}–${Math.round(step.max)})`,
    verdict(spread[`ticket - dense/${round}/early`]),
    error("again", "early"),
    error("again", "end"),
    verdict(spread[`again - dense/${round}/early`]),
  ];
}

/** By the sign of the mean difference of errors; an interval that contains 0 is a tie. */
function verdict(difference) {
  if (difference === undefined) return "";
  const { mean, interval } = difference;
  const points = (value) => `${value < 0 ? "−" : "+"}${Math.abs(100 * value).toFixed(2)}`;
  if (interval === null) return points(mean);
  const [low, high] = interval;
  const said = low > 0 ? "below dense" : high < 0 ? "**above dense**" : "tie";
  return `${points(mean)} [${points(low)}, ${points(high)}]: ${said}`;
}

function percent(share) {
  return `${(100 * share).toFixed(2)}`;
}
