// Does a plan for half the latency take half the latency? Seven networks, three budgets, one thread (two beside it),
// batch 1; every row is one interleaved measurement of the dense network, the plan, uniform L1 at the plan's MACs with
// the widths as they come, and uniform L1 on the stairs at the plan's latency.
//
// `ESPALIER_DATA=… node benchmarks/latency-budgets.mjs` (after the build) writes benchmarks/results/latency-budgets.json
// and docs/latency-budgets.md. Rows that the file holds are kept; `--fresh` measures all anew, `--only NAME` one network,
// `--budget 0.5` one budget. Run it on an idle machine.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  applyStructural,
  factsAt,
  isUnavailable,
  keepUnits,
  latencyModel,
  macsModel,
  magnitude,
  median,
  modelBytes,
  planStructural,
  proveStructural,
  randomInputs,
  sliceSteps,
  totalCost,
  unitWork,
} from "../packages/core/dist/index.js";
import { cpu } from "../packages/cpu/dist/index.js";
import { folderCache, nodeHost, nodeRuntime } from "../packages/runtime-node/dist/index.js";
import { mobilenetV2, resnet50, vgg16 } from "../packages/zoo/dist/index.js";
import { latencyTable } from "./latency-budgets-table.mjs";

const data = process.env.ESPALIER_DATA;
if (!data) throw new Error("ESPALIER_DATA names the folder with the models");
const RESULT = "benchmarks/results/latency-budgets.json";
const TABLE = "docs/latency-budgets.md";
const BUDGETS = [0.5, 0.7, 0.3];
const file = (name) => () => new Uint8Array(readFileSync(join(data, "onnx", `${name}.onnx`)));

/** Name, bytes, and whether its time lies in convolutions that channels fill. */
const NETWORKS = [
  ["squeezenet1.1", file("squeezenet1.1-imagenet"), false],
  ["resnet56", file("cifar10-resnet56"), true],
  ["ultraface", file("ultraface-rfb-320"), false],
  ["yolox_nano", file("yolox_nano"), false],
  ["vgg16", () => modelBytes(vgg16()), true],
  ["resnet50", () => modelBytes(resnet50()), true],
  ["mobilenet_v2", () => modelBytes(mobilenetV2()), false],
];

const flags = process.argv.slice(2);
const argument = (flag) => (flags.includes(flag) ? flags[flags.indexOf(flag) + 1] : null);
const fresh = flags.includes("--fresh");
const runtime = nodeRuntime();
const host = nodeHost({
  cache: folderCache(join(".cache", "latency-budgets", fresh ? `${Date.now()}` : "kept")),
});
const results = !fresh && existsSync(RESULT) ? JSON.parse(readFileSync(RESULT, "utf8")) : { rows: [] };
results.command = "node benchmarks/latency-budgets.mjs";
results.machine = host.machine();
results.runtime = runtime.name;

for (const [network, read, convBound] of NETWORKS) {
  if (argument("--only") !== null && argument("--only") !== network) continue;
  const bytes = read();
  for (const budget of BUDGETS) {
    if (argument("--budget") !== null && Number(argument("--budget")) !== budget) continue;
    if (results.rows.some((row) => row.network === network && row.budget === budget)) continue;
    process.stderr.write(`${network} at ${budget}\n`);
    results.rows.push({ network, convBound, budget, ...(await row(bytes, budget)) });
    save();
  }
}
save();

async function row(bytes, budget) {
  const start = performance.now();
  const planned = await cpu.plan(bytes, { runtime, host, budget: { latency: budget }, seed: 1 });
  const planSeconds = (performance.now() - start) / 1000;
  const { plan, subject, costTable } = planned;
  if (plan.steps.length === 0)
    return {
      planSeconds: Number(planSeconds.toFixed(1)),
      /** Of the dense network's time: what the narrowest widths on the stairs take, as the planner says. */
      least: plan.predicted.after / plan.predicted.before,
    };
  const source = { sha256: plan.source.sha256, bytes: bytes.byteLength };
  const step = plan.options.step;
  const costs = { macs: macsModel(subject), ms: latencyModel(subject, costTable) };
  const at = (steps) => {
    const kept = new Map();
    for (const { group, keep } of sliceSteps(steps))
      keepUnits(
        subject.analysis.groups.find(({ id }) => id === group),
        keep,
        kept,
      );
    const facts = factsAt(subject.boundFacts, subject.analysis, kept);
    return { macs: totalCost(costs.macs, facts), ms: totalCost(costs.ms, facts) };
  };
  const dense = { ...at([]), ms: costs.ms.dense };
  const own = at(plan.steps);
  const uniformAt = async (ratio, uniformStep) =>
    (await planStructural(subject, source, "cpu", { host, budget: { ratio }, step: uniformStep, seed: 1 }))
      .plan;
  // Ratios by bisection: MACs and predicted latency fall as the ratio grows.
  const search = async (uniformStep, tooMuch) => {
    let [low, high] = [0, 0.98];
    let best = await uniformAt(high, uniformStep);
    for (let i = 0; i < 14; i++) {
      const middle = (low + high) / 2;
      const made = await uniformAt(middle, uniformStep);
      if (tooMuch(at(made.steps))) low = middle;
      else [high, best] = [middle, made];
    }
    return best;
  };
  const sameMacs = await search(1, ({ macs }) => macs > own.macs);
  const onStairs = await search(step, ({ ms }) => ms > own.ms);

  // How many MACs any plan of that latency could keep: the same budget planned with all units alike.
  const work = await cpu.plan(bytes, {
    runtime,
    host,
    budget: { latency: budget },
    seed: 1,
    costTable,
    criterion: { name: "alike", score: (group) => new Float64Array(group.width).fill(1) },
  });
  const workAlone = at(work.plan.steps);

  const models = { plan, sameMacs, onStairs };
  const built = Object.fromEntries(
    Object.entries(models).map(([name, one]) => [
      name,
      applyStructural(subject, sliceSteps(one.steps), one, ""),
    ]),
  );
  const proof = await proveStructural(subject, sliceSteps(plan.steps), built.plan.prunedBytes, runtime, {
    seed: 1,
    count: 2,
  });
  if ("refused" in proof) throw new Error(proof.refused.reason);
  const [feeds] = randomInputs(subject.model, subject.boundFacts, subject.handlers, { seed: 1, count: 1 });
  const measured = await measure(
    {
      dense: { bytes: built.plan.baselineBytes },
      ...Object.fromEntries(Object.entries(built).map(([name, one]) => [name, { bytes: one.prunedBytes }])),
    },
    feeds,
    1,
  );
  const two = await measure(
    { dense: { bytes: built.plan.baselineBytes }, plan: { bytes: built.plan.prunedBytes } },
    feeds,
    2,
  );
  const kept = paired(measured.plan, measured.dense);
  const speedup = 1 / kept;
  return {
    step,
    planSeconds: Number(planSeconds.toFixed(1)),
    dense: figures(measured.dense),
    plan: figures(measured.plan),
    predictedMs: own.ms,
    predictedDenseMs: dense.ms,
    threads: 1,
    /** Of the dense network's measured time, and what the planner said of it. */
    keptLatency: kept,
    predictedKept: own.ms / dense.ms,
    predictionError: own.ms / dense.ms / kept - 1,
    /** The same in milliseconds: with it, how much the machine's speed has changed since its costs were measured. */
    predictionErrorMs: own.ms / measured.plan.medianMs - 1,
    macsSpeedup: dense.macs / own.macs,
    speedup,
    efficiency: speedup / (dense.macs / own.macs),
    efficiencyOfWorkAlone: workAlone.macs / dense.macs / (workAlone.ms / dense.ms),
    sameMacs: {
      ...figures(measured.sameMacs),
      macsSpeedup: dense.macs / at(sameMacs.steps).macs,
      speedup: 1 / paired(measured.sameMacs, measured.dense),
    },
    onStairs: {
      ...figures(measured.onStairs),
      speedup: 1 / paired(measured.onStairs, measured.dense),
      importance: importance(subject, onStairs.steps),
    },
    importance: importance(subject, plan.steps),
    twoThreads: {
      dense: figures(two.dense),
      plan: figures(two.plan),
      speedup: 1 / paired(two.plan, two.dense),
    },
    parity: proof.parity.maxRel,
  };
}

async function measure(models, feeds, threads) {
  const measured = await runtime.measureLatency({ models, feeds, threads, batch: 1 });
  if (isUnavailable(measured)) throw new Error(measured.unblock);
  return measured;
}

/** Time over time, the median of ten stretches of the measurement: both ran in all of them, in turns. */
function paired(one, other) {
  const stretches = 10;
  const ratios = Array.from({ length: stretches }, (_, i) => {
    const at = ({ samplesMs }) =>
      median(samplesMs.slice((i * samplesMs.length) / stretches, ((i + 1) * samplesMs.length) / stretches));
    return at(one) / at(other);
  });
  return median(ratios);
}

function figures({ medianMs, p10Ms, p90Ms, runs, unstable }) {
  return { medianMs, p10Ms, p90Ms, runs, unstable };
}

/** Σ kept scores over their group's mean, weighed by work, as a share of all: what the planner keeps the most of. */
function importance(subject, steps) {
  const keep = new Map(sliceSteps(steps).map((one) => [one.group, one.keep]));
  const workOf = unitWork(subject);
  let [kept, all] = [0, 0];
  for (const group of subject.analysis.groups) {
    if (!group.exact || group.width < 2 || !group.members.some(({ role }) => role === "produces")) continue;
    const scores = magnitude().score(group, { seed: 1, constant: (value) => subject.facts.constant(value) });
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    const units = keep.get(group.id) ?? [...scores.keys()];
    kept += workOf(group) * units.reduce((sum, unit) => sum + scores[unit] / mean, 0);
    all += workOf(group) * scores.length;
  }
  return kept / all;
}

function save() {
  mkdirSync("benchmarks/results", { recursive: true });
  writeFileSync(RESULT, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(TABLE, latencyTable(results));
}
