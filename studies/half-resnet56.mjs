// ResNet-56 on CIFAR-10 at half of its multiply-accumulates, fine-tuned on 10,000 images with the dense network as its
// teacher, beside its controls: as many channels chosen at random, and the same architecture from random weights.
//
// `ESPALIER_DATA=… node studies/half-resnet56.mjs` (after the build) writes studies/results/half-resnet56.json. It goes on
// where it was stopped; `--only random` does one arm, for a second process beside the first.
//
// Widths come from the sensitivity that benchmarks/recovery.mjs measured on 512 training images. What is judged is the
// last epoch, on 2,000 test images that nothing else has seen.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resnet56 } from "../benchmarks/recovery-data.mjs";
import {
  applySteps,
  countMacs,
  macsModel,
  makePlan,
  modelBytes,
  oneShot,
  randomImportance,
  reconstruction,
  recover,
  seededRandom,
  sensitivity,
  totalCost,
} from "../packages/core/dist/index.js";
import { batches, cropAndFlip } from "../packages/data/dist/index.js";
import { inferFacts, readModel } from "../packages/ir/dist/index.js";
import {
  adam,
  cosineRate,
  distill,
  evaluate,
  evaluationOf,
  reinitialise,
  runExperiment,
  sgd,
  sourceOf,
  warmUp,
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

const STUDY = "half-resnet56";
const NETWORK = "cifar10-resnet56";
const BUDGET = 0.5;
const TRAINING = {
  ...{ batch: 128, epochs: 30, temperature: 4, weight: 1, augment: "crop 4, flip, mix" },
  ...{ momentum: 0.9, weightDecay: 5e-4 }, // of sgd
};
const RECOVERY = { methods: ["reconstruct"], seed: 0, maxRows: 2 ** 15, ridge: 1e-3 };
/**
 * A network that is trained already goes on by its stored statistics and with small steps. Tried for an epoch, without 1,000
 * of the training images: Adam at 0.00005 won on these, changed or not; SGD at 0.003 by the statistics of the batch won
 * on changed ones alone. With the stored statistics SGD at 0.01 diverged within five steps. The cosine begins at 0.0001,
 * so that its mean is what won.
 */
const goOn = { optimiser: "adam", rate: 1e-4, warmUp: 78, frozenStatistics: true };
const ARMS = {
  "least damage": { criterion: "reconstruction", ...goOn },
  random: { criterion: "random", ...goOn },
  "from scratch": {
    criterion: "reconstruction",
    optimiser: "sgd",
    rate: 0.025, // at 0.1 without a warm-up it had learnt nothing after five epochs
    warmUp: 234,
    frozenStatistics: false,
  },
};

const flags = process.argv.slice(2);
const only = flags.includes("--only") ? flags[flags.indexOf("--only") + 1] : null;
requireData();
const { subject, calibration } = resnet56();
const { train: training, test } = await cifarParts();
const tested = evaluationOf("test_2k", batches(test, { batch: 200, seed: 0, shuffle: false }));
const dense = await evaluate({ runtime, model: subject.model, set: tested });
console.error(`dense: ${percent(dense.accuracy)}`);

for (const [arm, settings] of Object.entries(ARMS)) {
  if (only !== null && only !== arm) continue;
  const experiment = await runExperiment({
    ...{ name: arm.replaceAll(" ", "-"), settings: { ...TRAINING, ...settings }, host },
    ...{ store: storeOf(STUDY), seeds: [1] },
    run: (seed, store) => run(arm, settings, seed, store),
  });
  const before = readResult(STUDY);
  writeResult(STUDY, {
    command: "ESPALIER_DATA=… node studies/half-resnet56.mjs",
    ...{ network: NETWORK, dense: dense.accuracy, arms: { ...before?.arms, [arm]: experiment } },
  });
  console.error(`${arm}: ${percent(experiment.spread.accuracy.mean)} after the last epoch`);
}

async function run(arm, { criterion, optimiser, rate, warmUp: rising, frozenStatistics }, seed, store) {
  const { batch, epochs, momentum, weightDecay, temperature, weight } = TRAINING;
  const pruned = await prunedNetwork(criterion);
  const bindings = { N: batch };
  const model =
    arm === "from scratch" ? reinitialise({ model: pruned, bindings, initialise: asHe, seed }) : pruned;
  const start = await evaluate({ runtime, model, set: tested });
  console.error(`${arm}: ${percent(start.accuracy)} at ${macsShare(pruned).toFixed(4)} of the MACs`);
  const begin = performance.now();
  const { history, resumedAt } = await distill({
    ...{ runtime, host, model, teacher: subject.model, bindings, seed, epochs, frozenStatistics },
    ...{ temperature, weight, rate: warmUp(rising, cosineRate(rate)) },
    optimiser: optimiser === "adam" ? adam() : sgd({ momentum, weightDecay, nesterov: true }),
    batches: mixed(
      sourceOf((epoch) => batches(training, { batch, seed, epoch, dropLast: true, augment: cropAndFlip() })),
      seed,
    ),
    evaluate: [tested],
    checkpoints: { store },
    onProgress: progress(arm),
  });
  const accuracies = history.evaluations.map(({ accuracy }) => accuracy);
  return {
    numbers: { accuracy: accuracies.at(-1), start: accuracies[0], macs: macsShare(pruned) },
    // Of a run that was never stopped.
    detail: { accuracies, curve: history.curve, seconds: resumedAt === null ? elapsed(begin) : null },
  };
}

/**
 * Every image laid over the next one of its batch, x ← λ·x + (1 − λ)·x′ with λ uniform in [0, 1]: 10,000 images are soon
 * known by heart, and the teacher says what it sees in any of these. No label is used (`weight` 1).
 *
 * Source: Zhang et al. 2018, "mixup", arXiv:1710.09412.
 */
function mixed(source, seed) {
  return {
    stepsPerEpoch: source.stepsPerEpoch,
    batch: async (epoch, index) => {
      const { input, ...others } = await source.batch(epoch, index);
      const random = seededRandom(seed, `mix ${epoch} ${index}`);
      const [count] = input.dims;
      const size = input.data.length / count;
      const data = new Float32Array(input.data.length);
      for (let i = 0; i < count; i++) {
        const share = random.uniform();
        const [own, other] = [i * size, ((i + 1) % count) * size];
        for (let p = 0; p < size; p++)
          data[own + p] = share * input.data[own + p] + (1 - share) * input.data[other + p];
      }
      return { ...others, input: { ...input, data } };
    },
  };
}

/** Pruned to the budget and its outputs reconstructed, kept in a file by what it was made from: both take minutes. */
async function prunedNetwork(name) {
  const { sensitivity: measured } = JSON.parse(readFileSync("benchmarks/results/recovery.json", "utf8"))
    .networks[NETWORK];
  const made = await host.sha256(
    new TextEncoder().encode(JSON.stringify([name, BUDGET, RECOVERY, measured])),
  );
  const folder = `.espalier/studies/${STUDY}`;
  const path = `${folder}/${name}-${made.slice(0, 12)}.onnx`;
  try {
    return readModel(new Uint8Array(readFileSync(path)));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  const { model, facts, boundFacts, analysis, handlers } = subject;
  const { curves, eliminations } = measured;
  const costs = macsModel(subject);
  const { steps } = makePlan(model, facts, analysis, handlers, {
    ...{ ratio: 1 - BUDGET, schedule: oneShot(), step: 1, minWidth: 1, include: [], exclude: [], seed: 0 },
    allowInexact: false,
    criterion: name === "random" ? randomImportance() : reconstruction(new Map(eliminations)),
    allocation: sensitivity({
      curves,
      costs,
      analysis,
      facts: boundFacts,
      dense: totalCost(costs, boundFacts),
    }),
  });
  const smaller = applySteps(model, facts, analysis, steps, handlers, { keepOverridable: false }).model;
  const recovered = await recover(smaller, subject, steps, { runtime, inputs: calibration, ...RECOVERY });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, modelBytes(recovered.model));
  return recovered.model;
}

/** He et al. 2015: normal with variance 2/inputs; scales 1, everything else 0. */
function asHe({ name, dims }, values, random) {
  if (dims.length === 1) {
    if (name.endsWith("weight")) values.fill(1);
    return;
  }
  const inputs = dims.slice(1).reduce((size, one) => size * one, 1);
  for (let i = 0; i < values.length; i++) values[i] = Math.sqrt(2 / inputs) * random.normal();
}

function elapsed(begin) {
  return Math.round((performance.now() - begin) / 1000);
}

function macsShare(model) {
  const count = (one) => countMacs(one, inferFacts(one, { bindings: { N: 1 } }), subject.handlers).total;
  return count(model) / count(subject.model);
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}
