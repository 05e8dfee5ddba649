// Frankle and Carbin 2019, "The Lottery Ticket Hypothesis": LeNet-300-100 on MNIST, pruned to 3.6 % of its weights in 15
// rounds that each begin at the initialisation again, and at each level the same masks on other random weights.
//
// `ESPALIER_DATA=… node studies/lottery-tickets.mjs` (after the build) writes studies/results/lottery-tickets.json: five
// seeds of 31 trainings each. It goes on where it was stopped; `--seeds 1,2` does a
// part, for a second process beside the first.
//
// As in the paper: 55,000 images to train on and 5,000 to stop by, Adam at 0.0012, batches of 60, 20 % of a layer a round
// and 10 % of the last one. Differs: 20,000 steps instead of 50,000, one new initialisation a ticket instead of three.

import { layerSmallest } from "../packages/core/dist/index.js";
import { batches, splitSet } from "../packages/data/dist/index.js";
import { loadMnist } from "../packages/data/dist/node/index.js";
import {
  adam,
  constantRate,
  crossEntropy,
  evaluationOf,
  lotteryRates,
  maskableWeights,
  pruneIteratively,
  runExperiment,
  sourceOf,
  train,
} from "../packages/train/dist/index.js";
import { lenet300100 } from "../packages/zoo/dist/index.js";
import { host, progress, requireData, runtime, seedsFrom, storeOf, writeResult } from "./study.mjs";

const STUDY = "lottery-tickets";
const SETTINGS = { rounds: 15, steps: 20_000, batch: 60, rate: 1.2e-3, evaluateEvery: 250, validation: 5000 };

const flags = process.argv.slice(2);
requireData();
const mnist = await loadMnist();

const { seeds, gathers } = seedsFrom(flags, [1, 2, 3, 4, 5]);
const experiment = await runExperiment({
  ...{ name: "lenet-300-100", settings: SETTINGS, host, store: storeOf(STUDY), seeds },
  run,
  onRun: (done, total) => console.error(`lottery tickets: ${done} of ${total} seeds`),
});
if (gathers)
  writeResult(STUDY, { command: "ESPALIER_DATA=… node studies/lottery-tickets.mjs", ...experiment });

/** Errors are fractions of the 10,000 test images, a level the fraction of the weights that is left. */
async function run(seed, store) {
  const { rounds, steps, batch, rate, evaluateEvery, validation } = SETTINGS;
  const parts = splitSet(mnist.train, { validation, seed });
  const inOrder = (set) => batches(set, { batch: 1000, seed: 0, shuffle: false });
  const stepsPerEpoch = Math.floor(parts.train.count / batch);
  const options = {
    ...{ runtime, host, bindings: { N: batch }, seed, evaluateEvery },
    batches: sourceOf((epoch) => batches(parts.train, { batch, seed, epoch, dropLast: true })),
    epochs: Math.ceil(steps / stepsPerEpoch),
    loss: crossEntropy(),
    optimiser: adam(),
    rate: constantRate(rate),
    evaluate: [
      evaluationOf("validation", inOrder(parts.validation)),
      evaluationOf("test", inOrder(mnist.test)),
    ],
  };
  const every = 10 * evaluateEvery;
  const model = lenet300100({ seed });
  const weights = maskableWeights(model, { bindings: { N: batch } }).map(({ name }) => name);
  const levels = [];
  await pruneIteratively({
    ...{ ...options, model, weights, rounds, rewind: 0, until: steps },
    rule: layerSmallest(lotteryRates("fc3.weight")),
    checkpoints: { store, name: "ticket", every },
    onProgress: progress(`seed ${seed}, ticket`),
    onRound: async ({ round, kept, all, history }, { masks }) => {
      const level = { round, level: kept / all, ticket: outcome(history) };
      if (round > 0) {
        const other = await train({
          ...{ ...options, masks, until: steps },
          model: lenet300100({ seed: 1000 * seed + round }),
          checkpoints: { store, name: `again/round-${round}`, every },
          onProgress: progress(`seed ${seed}, round ${round} drawn anew`),
        });
        level.again = outcome(other.history);
      }
      levels.push(level);
      console.error(`seed ${seed}: ${describe(level)}`);
    },
  });
  return { numbers: numbersOf(levels), detail: { levels } };
}

/** At the step of the least validation loss, and at the end. */
function outcome({ evaluations }) {
  const validation = evaluations.filter(({ set }) => set === "validation");
  const test = evaluations.filter(({ set }) => set === "test");
  const best = validation.reduce((least, point) => (point.loss < least.loss ? point : least));
  const errorAt = (step) => 1 - test.find((point) => point.step === step).accuracy;
  return {
    ...{ step: best.step, loss: best.loss, early: errorAt(best.step), end: errorAt(test.at(-1).step) },
    /** Test errors on the way, one for each `evaluateEvery`. */
    curve: test.map(({ accuracy }) => Number((1 - accuracy).toFixed(4))),
  };
}

/** Differences are taken within a seed: ticket or new weights, less the dense network. */
function numbersOf(levels) {
  const dense = levels[0].ticket;
  const numbers = {};
  for (const { round, level, ...arms } of levels) {
    numbers[`level/${round}`] = level;
    for (const [arm, found] of Object.entries(arms))
      for (const what of ["step", "early", "end"]) {
        numbers[`${arm}/${round}/${what}`] = found[what];
        if (round > 0) numbers[`${arm} - dense/${round}/${what}`] = found[what] - dense[what];
      }
  }
  return numbers;
}

function describe({ level, ticket, again }) {
  const one = ({ step, early, end }) =>
    `stop at ${step}, error ${(100 * early).toFixed(2)} %, ${(100 * end).toFixed(2)} % at the end`;
  return `${(100 * level).toFixed(1)} %: ${one(ticket)}${again ? `; drawn anew ${one(again)}` : ""}`;
}
