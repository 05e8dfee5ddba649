// What pruning costs in accuracy, and what comes back without training: every criterion and every recovery, from
// all to 0.3 of the multiply-accumulates.
//
// `ESPALIER_DATA=… node benchmarks/recovery.mjs` (after the build) writes benchmarks/results/recovery.json and
// docs/images/recovery.svg. Points that the file holds already are kept; `--fresh` measures all anew. `--only NAME`
// takes one network, `--main` only the headline series.
// Widths and units are chosen on calibration inputs alone. Test images only judge.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import {
  applySteps,
  batchNormScale,
  countMacs,
  geometricMedian,
  macsModel,
  magnitude,
  makePlan,
  measureSensitivity,
  oneShot,
  randomImportance,
  reconstruction,
  recover,
  runOutputs,
  sensitivity,
  totalCost,
  uniform,
} from "../packages/core/dist/index.js";
import { inferFacts, isEspalierError } from "../packages/ir/dist/index.js";
import { nodeHost, nodeRuntime } from "../packages/runtime-node/dist/index.js";
import { resnet56, squeezenet } from "./recovery-data.mjs";
import { picture } from "./recovery-picture.mjs";

const RESULT = "benchmarks/results/recovery.json";
const BUDGETS = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3];
const FEWER_BUDGETS = [0.9, 0.7, 0.5, 0.3];
const RECOVERIES = {
  none: null,
  reconstruct: ["reconstruct"],
  "batch-norm": ["batch-norm"],
  bias: ["bias"],
  "reconstruct + batch-norm": ["reconstruct", "batch-norm"],
};
const SETTINGS = { seed: 0, maxRows: 2 ** 15, ridge: 1e-3 };

const flags = process.argv.slice(2);
const only = flags.includes("--only") ? flags[flags.indexOf("--only") + 1] : null;
const runtime = nodeRuntime();
const results = flags.includes("--fresh") ? { networks: {} } : load();
results.command = "node benchmarks/recovery.mjs";
results.settings = SETTINGS;
results.machine = nodeHost().machine();

for (const make of [resnet56, squeezenet]) {
  if (only !== null && !make.name.startsWith(only)) continue;
  const network = await make();
  results.networks[network.name] ??= { title: network.title, points: [] };
  const record = results.networks[network.name];
  await study(network, record);
}
mkdirSync("docs/images", { recursive: true });
writeFileSync("docs/images/recovery.svg", picture(results));

async function study(network, record) {
  const { subject, calibration, test } = network;
  record.calibration = calibration.reduce((sum, feeds) => sum + Object.values(feeds)[0].dims[0], 0);
  record.test = test.labels.length;
  record.dense ??= await accuracy(subject.model, test);
  record.macs = macsOf(subject, subject.model);
  log(network, `dense top-1 ${percent(record.dense)}, ${record.macs} MACs`);
  record.sensitivity ??= await sensitivityOf(network);
  save();
  const { curves, eliminations } = record.sensitivity;
  const found = new Map(eliminations);
  const criteria = [
    reconstruction(found),
    magnitude(),
    magnitude({ p: 2 }),
    geometricMedian(),
    batchNormScale(),
    randomImportance(),
  ];
  const [ours, l1] = criteria;
  const series = [
    [ours, "sensitivity"],
    [l1, "uniform"],
    ...criteria.slice(1).map((criterion) => [criterion, "sensitivity"]),
  ];
  const main = flags.includes("--main");
  // Every recovery on the best and on the plainest series; the others without, and with the one that matters. All sizes
  // without recovery and, on these two series, with the one that matters; else every other one. What takes seconds comes
  // first.
  for (const recovery of main ? ["none", "reconstruct"] : Object.keys(RECOVERIES))
    for (const [i, [criterion, allocation]] of (main ? series.slice(0, 1) : series).entries()) {
      if (i > 1 && recovery !== "none" && recovery !== "reconstruct") continue;
      const all = recovery === "none" || (recovery === "reconstruct" && i <= 1);
      for (const budget of all ? BUDGETS : FEWER_BUDGETS)
        await point(network, record, { criterion, allocation, budget, recovery, curves });
    }
}

async function point(network, record, { criterion, allocation, budget, recovery, curves }) {
  const { subject, calibration, test } = network;
  const key = { criterion: criterion.name, allocation, budget, recovery };
  if (record.points.some((one) => Object.entries(key).every(([name, value]) => one[name] === value))) return;
  const normalises = [...subject.model.graph.nodes].some((node) => node.opType === "BatchNormalization");
  if (!normalises && (recovery.includes("batch-norm") || criterion.name === "bn-scale")) return;
  const steps = stepsFor(subject, criterion, allocation, budget, curves);
  if (steps === null) return;
  const { model, facts, analysis, handlers } = subject;
  const pruned = applySteps(model, facts, analysis, steps, handlers, { keepOverridable: false }).model;
  const methods = RECOVERIES[recovery];
  const options = { runtime, inputs: calibration, methods, ...SETTINGS };
  const recovered = methods === null ? null : await recover(pruned, subject, steps, options);
  const final = recovered?.model ?? pruned;
  const row = {
    ...key,
    macs: macsOf(subject, pruned) / record.macs,
    outputError: recovered?.report.after ?? null,
    top1: await accuracy(final, test),
  };
  record.points.push(row);
  save();
  log(
    network,
    `${Object.values(key).join(", ")}: ${percent(row.top1)} at ${row.macs.toFixed(3)} of the MACs`,
  );
}

/** Steps that meet a budget of MACs; null where the criterion does not score these groups. */
function stepsFor(subject, criterion, allocation, budget, curves) {
  const { model, facts, boundFacts, analysis, handlers } = subject;
  const costs = macsModel(subject);
  const dense = totalCost(costs, boundFacts);
  const plan = (chosen, ratio) =>
    makePlan(model, facts, analysis, handlers, {
      ratio,
      criterion,
      allocation: chosen,
      schedule: oneShot(),
      step: 1,
      minWidth: 1,
      include: [],
      exclude: [],
      allowInexact: false,
      seed: 0,
    }).steps;
  try {
    if (allocation === "sensitivity")
      return plan(sensitivity({ curves, costs, analysis, facts: boundFacts, dense }), 1 - budget);
    return uniformSteps(plan, subject, budget);
  } catch (error) {
    if (isEspalierError(error, "NO_WEIGHTS")) return null;
    throw error;
  }
}

/** The smallest uniform ratio, in hundredths, that meets the budget. */
function uniformSteps(plan, subject, budget) {
  const { model, facts, analysis, handlers } = subject;
  const goal = budget * macsOf(subject, model);
  let [low, high] = [0, 99];
  while (low < high) {
    const middle = (low + high) >> 1;
    const steps = plan(uniform(), middle / 100);
    const smaller = applySteps(model, facts, analysis, steps, handlers, { keepOverridable: false }).model;
    if (macsOf(subject, smaller) <= goal) high = middle;
    else low = middle + 1;
  }
  return plan(uniform(), low / 100);
}

async function sensitivityOf({ subject, calibration }) {
  const { curves, eliminations } = await measureSensitivity(subject, {
    runtime,
    inputs: calibration,
    ...SETTINGS,
    onProgress: ({ done, total }) => process.stderr.write(`\rsensitivity ${done}/${total} `),
  });
  return { curves, eliminations: [...eliminations] };
}

async function accuracy(model, { feeds, labels }) {
  const [outputs] = Object.values(await runOutputs(model, feeds, { runtime }));
  let [hits, row] = [0, 0];
  for (const { dims, data } of outputs) {
    const width = data.length / dims[0];
    for (let r = 0; r < dims[0]; r++, row++) {
      let best = 0;
      for (let c = 1; c < width; c++) if (data[r * width + c] > data[r * width + best]) best = c;
      if (best === labels[row]) hits++;
    }
  }
  return hits / labels.length;
}

function macsOf(subject, model) {
  return countMacs(model, inferFacts(model, { bindings: subject.bindings }), subject.handlers).total;
}

function load() {
  try {
    return JSON.parse(readFileSync(RESULT, "utf8"));
  } catch {
    return { networks: {} };
  }
}

function save() {
  mkdirSync("benchmarks/results", { recursive: true });
  writeFileSync(RESULT, `${JSON.stringify(results, null, 1)}\n`);
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}

function log({ name }, text) {
  console.error(`${name}: ${text}`);
}
