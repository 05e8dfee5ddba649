// The lottery tickets as people look at them: docs/images/lottery-tickets.svg, and the table of docs/lottery-tickets.md.
//
//   node studies/lottery-tickets-page.mjs       from studies/results/lottery-tickets.json
//
// A ticket is above the dense network where its test error is less: judged by the sign of the mean of the differences within
// seeds, where the 95 % interval of that mean does not contain 0; else it is a tie.

import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { readResult } from "./study.mjs";

const PAGE = fileURLToPath(new URL("../docs/lottery-tickets.md", import.meta.url));
const PICTURE = fileURLToPath(new URL("../docs/images/lottery-tickets.svg", import.meta.url));
const BEGIN = "<!-- the table: node studies/lottery-tickets-page.mjs -->\n\n";
const END = "\n<!-- end of the table -->";

const ARMS = [
  { arm: "ticket", label: "winning ticket", color: "#2f7d57" },
  { arm: "again", label: "same masks, drawn anew", color: "#9b2c2c" },
];
const PANELS = [
  { what: "early", title: "Test error where validation loss is least", scale: 100, unit: "%" },
  { what: "end", title: "Test error after the last step", scale: 100, unit: "%" },
  { what: "step", title: "Step where validation loss is least", scale: 1e-3, unit: "thousand" },
];
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
const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM, GAP] = [330, 220, 48, 92, 76, 34];

if (argv[1] === fileURLToPath(import.meta.url)) {
  const result = readResult("lottery-tickets");
  if (result === null) throw new Error("There is no studies/results/lottery-tickets.json yet");
  const text = page(readFileSync(PAGE, "utf8"), result);
  writeFileSync(PICTURE, picture(result));
  writeFileSync(PAGE, text);
}

/** `text` with the table of `result` in its place. */
export function page(text, { spread, runs }) {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error("docs/lottery-tickets.md has no place for the table");
  const rows = roundsOf(spread).map((round) => row(spread, round));
  const lines = [COLUMNS, COLUMNS.map((_, i) => (i === 0 ? "---:" : "---")), ...rows];
  const note = `Mean (least to most) over ${runs.length} seeds; differences from the dense network of the same seed, in points, with the 95 % interval of their mean.\n\n`;
  const table = lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
  return text.slice(0, begin + BEGIN.length) + note + table + text.slice(end);
}

function row(spread, round) {
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
export function verdict(difference) {
  if (difference === undefined) return "";
  const { mean, interval } = difference;
  const points = (value) => `${value < 0 ? "−" : "+"}${Math.abs(100 * value).toFixed(2)}`;
  if (interval === null) return points(mean);
  const [low, high] = interval;
  const said = low > 0 ? "below dense" : high < 0 ? "**above dense**" : "tie";
  return `${points(mean)} [${points(low)}, ${points(high)}]: ${said}`;
}

/** Three panels over the weights left, on a scale where every round is one step; the band is least to most. */
export function picture({ spread, runs }) {
  const rounds = roundsOf(spread);
  const width = LEFT + PANELS.length * (WIDTH + GAP + LEFT) - LEFT;
  const height = TOP + HEIGHT + BOTTOM;
  const panels = PANELS.map((panel, i) => draw(panel, spread, rounds, LEFT + i * (WIDTH + GAP + LEFT)));
  const legend = ARMS.map(({ label, color }, i) => {
    const at = LEFT + i * 220;
    return `<path d="M${at} ${height - 18}h26" stroke="${color}" stroke-width="2.4"/><text x="${at + 34}" y="${height - 14}">${label}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">
  <title>Lottery tickets of LeNet-300-100 on MNIST</title>
  <style>text { fill: #1f2933 } .number { fill: #616e7c; font-variant-numeric: tabular-nums } .grid { stroke: #e4e7eb } rect.paper { fill: #ffffff }</style>
  <rect class="paper" width="${width}" height="${height}"/>
  <text x="12" y="24" font-size="15" font-weight="600">Lottery tickets of LeNet-300-100 on MNIST, beside the same masks on other random weights</text>
  <text x="12" y="44" class="number">mean of ${runs.length} seeds, band from least to most; dashed: the dense network</text>
  ${panels.join("\n  ")}
  ${legend.join("\n  ")}
</svg>
`;
}

function draw({ what, title, scale, unit }, spread, rounds, left) {
  const values = ARMS.flatMap(({ arm }) =>
    rounds.flatMap((round) => {
      const found = spread[`${arm}/${round}/${what}`];
      return found === undefined ? [] : [scale * found.min, scale * found.max];
    }),
  );
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const step = roundStep((most - least) / 4);
  const [floor, ceiling] = [Math.floor(least / step) * step, Math.ceil(most / step) * step];
  const x = (round) => left + (round / Math.max(1, rounds.at(-1))) * WIDTH;
  const y = (value) => TOP + (1 - (value - floor) / (ceiling - floor)) * HEIGHT;
  const ticks = Array.from(
    { length: Math.round((ceiling - floor) / step) + 1 },
    (_, i) => floor + i * step,
  ).map(
    (tick) =>
      `<path class="grid" d="M${left} ${y(tick).toFixed(1)}h${WIDTH}"/><text class="number" x="${left - 8}" y="${(y(tick) + 4).toFixed(1)}" text-anchor="end">${Number(tick.toPrecision(6))}</text>`,
  );
  const levels = rounds
    .filter((round) => round % 3 === 0)
    .map(
      (round) =>
        `<text class="number" x="${x(round).toFixed(1)}" y="${TOP + HEIGHT + 18}" text-anchor="middle">${(100 * spread[`level/${round}`].mean).toFixed(1)}</text>`,
    );
  const arms = ARMS.map(({ arm, color }) => {
    const points = rounds.flatMap((round) => {
      const found = spread[`${arm}/${round}/${what}`];
      const at = (value) => `${x(round).toFixed(1)} ${y(scale * value).toFixed(1)}`;
      return found === undefined ? [] : [{ mean: at(found.mean), min: at(found.min), max: at(found.max) }];
    });
    const band = [...points.map(({ max }) => max), ...points.map(({ min }) => min).reverse()];
    return `<path d="M${band.join("L")}Z" fill="${color}" fill-opacity="0.14"/><path d="M${points.map(({ mean }) => mean).join("L")}" fill="none" stroke="${color}" stroke-width="2.4"/>`;
  });
  const dense = y(scale * spread[`ticket/0/${what}`].mean).toFixed(1);
  return `<text x="${left}" y="${TOP - 16}" font-weight="600">${title}, ${unit}</text>
  ${ticks.join("")}${levels.join("")}
  <text class="number" x="${left + WIDTH / 2}" y="${TOP + HEIGHT + 34}" text-anchor="middle">weights left, %</text>
  <path d="M${left} ${dense}h${WIDTH}" stroke="#616e7c" stroke-dasharray="5 4"/>
  ${arms.join("\n  ")}`;
}

/** Rounds of all seeds, in order. */
function roundsOf(spread) {
  return Object.keys(spread)
    .flatMap((name) => (name.startsWith("level/") ? [Number(name.slice(6))] : []))
    .sort((a, b) => a - b);
}

function roundStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
}

function percent(share) {
  return `${(100 * share).toFixed(2)}`;
}
