// The page of a fine-tuning: one self-contained HTML file with the curves, the evaluations and what it takes to repeat it.

import { html, type Markup, trusted } from "../text/markup.js";
import { formatExact, formatNumberOf } from "../text/quantity.js";
import { visibleName, visibleText } from "../text/visible-text.js";
import { BASE } from "../theme/base.js";
import { TOKENS } from "../theme/tokens.js";
import { trainingCurves } from "./training-curve.js";
import type { TrainingFile, TrainingRecord } from "./training-record.js";

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const MOST_ROWS = 200;

const css = `
h1 { font: 400 36px/1.22 var(--serif); letter-spacing: -.012em; margin: 18px 0 6px; overflow-wrap: anywhere; }
.lead { color: var(--soft); margin: 0 0 34px; max-width: 96ch; }
.tiles { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 28px; margin: 0 0 44px; }
.tile { border-top: 2px solid var(--rule-strong); padding-top: 10px; } .tile p { margin: 0; }
.tile .label, .tile .from { font-size: 13px; color: var(--soft); }
.tile .value { font: 400 30px/1.15 var(--sans); letter-spacing: -.02em; margin: 4px 0 2px; }
dl.pairs { margin: 0; font-size: 13.5px; } dl.pairs div { display: grid; grid-template-columns: minmax(0, 11em) minmax(0, 1fr); gap: 16px; padding: 4px 0; border-bottom: 1px solid var(--rule); }
dl.pairs dt { color: var(--soft); } dl.pairs dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 640px) { h1 { font-size: 27px; } .tiles { grid-template-columns: minmax(0, 1fr); } }
`;

/** report.html of a fine-tuning. Pure: the same record gives the same bytes. */
export function renderTrainingPage(record: TrainingRecord): string {
  return `<!doctype html>\n${page(record)}\n`;
}

function page(record: TrainingRecord): Markup {
  const name = visibleName(record.source.path);
  return html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${name}: fine-tuned</title>
<style>${trusted([TOKENS, BASE, css].join(""))}</style>
</head>
<body>
<header class="page"><span class="brand">Espalier, training report</span></header>
<main>
<h1>${name}: accuracy ${share(record.before.accuracy)} → ${share(record.after.accuracy)}</h1>
<p class="lead">${lead(record)}</p>
${tiles(record)}
${view("Curves", "How did it learn?", trainingCurves(record))}
${view("Evaluations", "What did the test part say?", evaluations(record))}
${view("Provenance", "How do I repeat it?", provenance(record))}
</main>
<footer class="page">Written ${visibleText(record.createdAt, 40)}. This page holds no script and loads nothing.</footer>
</body>
</html>`;
}

function view(heading: string, question: string, body: Markup): Markup {
  return html`<section class="view"><div class="head"><h2>${heading}</h2><p class="question">${question}</p></div><div class="body">${body}</div></section>`;
}

function lead({ data, options, teacher, zeros }: TrainingRecord): string {
  const taught =
    teacher === null ? "on its labels" : `on its labels and on what ${visibleName(teacher.path)} says`;
  const kept = zeros === 0 ? "" : ` ${formatNumberOf(zeros, "weight")} that were exactly zero stayed zero.`;
  return `Fine-tuned for ${formatNumberOf(options.epochs, "epoch")} on ${formatNumberOf(data.count, "sample")} of ${visibleText(data.name, 60)}, ${taught}. Figures are on its ${formatNumberOf(data.testCount, "test sample")}, which nothing was trained on.${kept}`;
}

function tiles({ before, after, history }: TrainingRecord): Markup {
  const tile = (label: string, value: string, from: string): Markup =>
    html`<div class="tile"><p class="label">${label}</p><p class="value">${value}</p><p class="from">${from}</p></div>`;
  return html`<div class="tiles">${tile("Accuracy, test", share(after.accuracy), `from ${share(before.accuracy)}`)}${tile("Loss, test", number(after.loss), `from ${number(before.loss)}`)}${tile("Steps", formatExact(history.steps), `${formatExact(history.stepsPerEpoch)} an epoch`)}</div>`;
}

function evaluations({ history }: TrainingRecord): Markup {
  const { stepsPerEpoch, evaluations: all } = history;
  const every = Math.ceil(all.length / MOST_ROWS);
  const rows = all.filter((_, i) => i % every === 0 || i === all.length - 1);
  return html`<div class="scroll"><table class="fit"><thead><tr><th class="n">Epoch</th><th class="n">Samples</th><th class="n">Loss</th><th class="n">Accuracy</th></tr></thead><tbody>${rows.map(
    ({ step, samples, loss, accuracy }) =>
      html`<tr><td class="n">${formatExact(step / stepsPerEpoch)}</td><td class="n">${formatExact(samples)}</td><td class="n">${number(loss)}</td><td class="n">${accuracy === null ? "" : share(accuracy)}</td></tr>`,
  )}</tbody></table></div>`;
}

function provenance(record: TrainingRecord): Markup {
  const { options, data, versions, machine, command } = record;
  const file = ({ path, bytes, sha256 }: TrainingFile): string =>
    `${visibleName(path)}, ${formatNumberOf(bytes, "byte")}, sha256 ${visibleText(sha256, 80)}`;
  const rows: (readonly [string, string])[] = [
    ["Network before", file(record.source)],
    ["Network after", file(record.artefact)],
    ...(record.teacher === null ? [] : [["Teacher", file(record.teacher)] as const]),
    [
      "Trained on",
      `${visibleText(data.name, 60)}, ${formatNumberOf(data.count, "sample")}, sha256 ${visibleText(data.sha256, 80)}`,
    ],
    ["Tested on", `${formatNumberOf(data.testCount, "sample")}, sha256 ${visibleText(data.testSha256, 80)}`],
    ["Images", visibleText(record.preparation, 300)],
    [
      "Optimiser",
      `${visibleText(options.optimiser, 20)}, learning rate ${options.learningRate}, ${visibleText(options.schedule, 20)}`,
    ],
    ["Images changed", visibleText(options.augment, 20)],
    ["Statistics of batch normalisation", visibleText(options.statistics, 20)],
    ["Batch, seed, threads", `${options.batch}, ${options.seed}, ${options.threads}`],
    ...[...Object.entries(versions), ...Object.entries(machine)].map(
      ([key, value]) => [visibleText(key, 60), visibleText(String(value), 160)] as const,
    ),
  ];
  return html`<pre>${visibleText(command.join(" "), 4000)}</pre><dl class="pairs">${rows.map(([term, text]) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`)}</dl>`;
}

function share(value: number): string {
  return `${(100 * value).toFixed(1)}\u00a0%`;
}

function number(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "unbounded";
}
