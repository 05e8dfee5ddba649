// Li et al. 2017, "Pruning Filters for Efficient ConvNets", on a trained ResNet-56 and CIFAR-10: how each layer bears the
// loss of filters, and the paper's networks A and B before and after retraining.
//
// `ESPALIER_DATA=… node studies/pruning-filters.mjs` (after the build) writes studies/results/pruning-filters.json. It goes
// on where it was stopped; `--no-retraining` leaves out what takes long, and `--only ResNet-56-A` retrains one network alone:
// two processes beside each other need one each.
//
// Differs from the paper: 10,000 images to retrain on instead of 50,000 and 5 epochs instead of 40; 2,000 test images,
// of which every fourth shows the sensitivity. Which layers are pruned how far is the paper's choice.

import { readFileSync } from "node:fs";
import { applySteps, countMacs, magnitude, openSubject, seededRandom } from "../packages/core/dist/index.js";
import { batches, cropAndFlip, subset } from "../packages/data/dist/index.js";
import { inferFacts } from "../packages/ir/dist/index.js";
import {
  crossEntropy,
  evaluate,
  evaluationOf,
  fineTune,
  runExperiment,
  sourceOf,
} from "../packages/train/dist/index.js";
import {
  cifarParts,
  host,
  progress,
  readResult,
  requireData,
  runtime,
  storeOf,
  writeResult,
} from "./study.mjs";

const STUDY = "pruning-filters";
const SETTINGS = { batch: 128, epochs: 5, rate: 1e-3, augment: "crop 4, flip" };
const BLOCKS = 9;
const RATIOS = [0.1, 0.3, 0.5, 0.7, 0.9];
/** §4.2: ratios by stage, layers left alone. Layer 2k is the first convolution of block k. */
const NETWORKS = {
  "ResNet-56-A": { ratios: [0.1, 0.1, 0.1], skip: [16, 20, 38, 54] },
  "ResNet-56-B": { ratios: [0.6, 0.3, 0.1], skip: [16, 18, 20, 34, 38, 54] },
};
/** Table 1: errors after retraining. */
const PAPER = { dense: 0.0696, networks: { "ResNet-56-A": 0.069, "ResNet-56-B": 0.0694 } };
const ORDERS = ["smallest", "random", "largest"];

const flags = process.argv.slice(2);
const only = flags.includes("--only") ? flags[flags.indexOf("--only") + 1] : null;
if (only !== null && NETWORKS[only] === undefined)
  throw new Error(`--only takes ${Object.keys(NETWORKS).join(" or ")}`);
const data = requireData();
const { train: training, test } = await cifarParts();
const inOrder = (set) => batches(set, { batch: 250, seed: 0, shuffle: false });
const tested = evaluationOf("test", inOrder(test));
const fourth = subset(
  test,
  Array.from({ length: test.count / 4 }, (_, i) => 4 * i),
  "every fourth of test",
);
const shown = evaluationOf("shown", inOrder(fourth));
const subject = openSubject(new Uint8Array(readFileSync(`${data}/onnx/cifar10-resnet56.onnx`)));
const layers = subject.analysis.groups.flatMap((group) => {
  const [weight, ...others] = group.members.filter(({ role }) => role === "produces");
  const [, stage, block] = /^layer(\d)\.(\d+)\.conv1\.weight$/.exec(weight.value.name) ?? [];
  const layer = 2 * ((Number(stage) - 1) * BLOCKS + Number(block) + 1);
  return stage === undefined || others.length > 0 ? [] : [{ group, stage: Number(stage), layer }];
});

const kept = readResult(STUDY);
const result = {
  ...(JSON.stringify(kept?.settings) === JSON.stringify(SETTINGS) ? measured(kept) : {}),
  command: "ESPALIER_DATA=… node studies/pruning-filters.mjs",
  ...{ settings: SETTINGS, paper: PAPER },
};
result.dense ??= await errorOf(subject.model, tested);
result.sensitivity ??= await sensitivityByLayer();
result.networks ??= [];
for (const [name, { ratios, skip }] of Object.entries(NETWORKS))
  for (const order of ORDERS) {
    if (result.networks.some((one) => one.name === name && one.order === order)) continue;
    const model = pruned((layer) => (skip.includes(layer.layer) ? 0 : ratios[layer.stage - 1]), order);
    const row = {
      name,
      order,
      macs: macsOf(model) / macsOf(subject.model),
      before: await errorOf(model, tested),
    };
    result.networks.push({ ...row, after: null, best: null });
    report(result.networks.at(-1));
  }
writeResult(STUDY, result);
if (!flags.includes("--no-retraining"))
  for (const { name, order, after } of result.networks) {
    if (after !== null || order !== "smallest" || (only !== null && only !== name)) continue;
    const { ratios, skip } = NETWORKS[name];
    const model = pruned((layer) => (skip.includes(layer.layer) ? 0 : ratios[layer.stage - 1]), order);
    const found = await retrained(name, model);
    // As the file is by now: a second process may have written the other network.
    const { networks } = readResult(STUDY);
    const row = Object.assign(
      networks.find((one) => one.name === name && one.order === order),
      found,
    );
    report(row);
    writeResult(STUDY, { ...result, networks });
  }

/** What a file of the same settings holds: where it was measured is written anew. */
function measured({ dense, sensitivity, networks }) {
  return { dense, sensitivity, networks };
}

/** One layer at a time, nothing retrained; on a quarter of the test images. */
async function sensitivityByLayer() {
  const dense = await errorOf(subject.model, shown);
  const found = [];
  for (const { layer, stage } of layers) {
    const points = [{ ratio: 0, error: dense }];
    for (const ratio of RATIOS) {
      const model = pruned((one) => (one.layer === layer ? ratio : 0), "smallest");
      points.push({ ratio, error: await errorOf(model, shown) });
    }
    found.push({ layer, stage, points });
    console.error(`layer ${layer}: ${points.map(({ error }) => (100 * error).toFixed(1)).join(" ")}`);
  }
  return found;
}

/** Without ⌈n·ratio⌉ filters of every layer: those with the least L1 norm, the greatest, or drawn by seed 1. */
function pruned(ratioOf, order) {
  const { model, facts, analysis, handlers } = subject;
  const steps = layers.flatMap((layer) => {
    const { group } = layer;
    const count = Math.floor(group.width * (1 - ratioOf(layer)) + 1e-9);
    if (count === group.width) return [];
    const norms = magnitude({ p: 1 }).score(group, { seed: 1, constant: (value) => facts.constant(value) });
    const random = seededRandom(1, `order of ${group.id}`);
    const ranks = { smallest: (norm) => norm, largest: (norm) => -norm, random: () => random.uniform() };
    const scores = [...norms].map(ranks[order]);
    const best = [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b).slice(0, count);
    const keep = best.sort((a, b) => a - b);
    return [{ kind: "slice", reason: order, group: group.id, width: group.width, keep }];
  });
  return applySteps(model, facts, analysis, steps, handlers, { keepOverridable: false }).model;
}

async function retrained(name, model) {
  const { batch, epochs } = SETTINGS;
  const { runs } = await runExperiment({
    ...{ name, settings: SETTINGS, host, store: storeOf(STUDY), seeds: [1] },
    run: async (seed, store) => {
      const { history } = await fineTune({
        ...{ runtime, host, model, bindings: { N: batch }, seed, epochs, evaluate: [tested] },
        loss: crossEntropy(),
        batches: sourceOf((epoch) =>
          batches(training, { batch, seed, epoch, dropLast: true, augment: cropAndFlip() }),
        ),
        checkpoints: { store },
        onProgress: progress(name),
      });
      const errors = history.evaluations.slice(1).map(({ accuracy }) => 1 - accuracy);
      return { numbers: { after: errors.at(-1), best: Math.min(...errors) }, detail: { errors } };
    },
  });
  return runs[0].numbers;
}

async function errorOf(model, set) {
  return 1 - (await evaluate({ runtime, model, set })).accuracy;
}

function macsOf(model) {
  return countMacs(model, inferFacts(model, { bindings: { N: 1 } }), subject.handlers).total;
}

function report({ name, order, macs, before, after }) {
  const tuned = after === null ? "" : `, retrained ${(100 * after).toFixed(2)} %`;
  console.error(
    `${name}, ${order}: ${macs.toFixed(4)} of the MACs, error ${(100 * before).toFixed(2)} %${tuned}`,
  );
}
