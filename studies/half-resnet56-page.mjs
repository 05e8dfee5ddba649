// ResNet-56 at half its multiply-accumulates as people look at it: docs/images/half-resnet56.svg, and a table of
// docs/fine-tuning.md.
//
//   node studies/half-resnet56-page.mjs       from studies/results/half-resnet56.json

import * as Plot from "@observablehq/plot";
import { palette, writeFigure } from "./plots.mjs";
import { readResult, writeTable } from "./study.mjs";

const ARMS = {
  "least damage": { label: "units of least damage", color: palette.pruned },
  random: { label: "as many at random", color: palette.other },
  "from scratch": { label: "the same widths from scratch", color: palette.control },
};

const result = readResult("half-resnet56");
if (result === null) throw new Error("There is no studies/results/half-resnet56.json yet");
const arms = Object.entries(ARMS).map(([arm, style]) => ({ ...style, run: result.arms[arm].runs[0] }));
const points = arms.flatMap(({ label, run }) =>
  run.detail.accuracies.map((accuracy, epoch) => ({ label, epoch, accuracy })),
);

writeTable("fine-tuning", "half-resnet56", [
  ["Half of ResNet-56", "MACs left", "before training", "after the last epoch", "training took"],
  ...arms.map(({ label, run: { numbers, detail } }) => [
    label,
    percent(numbers.macs),
    percent(numbers.start),
    percent(numbers.accuracy),
    detail.seconds === null ? "(was stopped in between)" : `${Math.round(detail.seconds / 60)} min`,
  ]),
]);
writeFigure("docs/images/half-resnet56.svg", {
  title: "ResNet-56 on CIFAR-10 at half its multiply-accumulates, fine-tuned",
  note: "taught by the dense network on 10,000 images; top-1 on 2,000 test images after every epoch; dashed: the dense network",
  legend: arms,
  plots: [
    panel("all", points, [0, 1]),
    panel(
      "the upper end of the same",
      points.filter(({ accuracy }) => accuracy >= 0.86),
      [0.86, 0.95],
    ),
  ],
});

function panel(what, shown, domain) {
  return {
    x: { label: "epochs", domain: [0, points.at(-1).epoch] },
    y: { label: `top-1, ${what}`, domain, tickFormat: "~p" },
    color: { domain: arms.map(({ label }) => label), range: arms.map(({ color }) => color) },
    marks: [
      Plot.ruleY([result.dense], { stroke: palette.dense, strokeDasharray: "5 4" }),
      Plot.lineY(shown, { x: "epoch", y: "accuracy", stroke: "label", strokeWidth: 2.4 }),
    ],
  };
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}
