// How much of what 2:4 loses channel permutations win back: 20 seeded uniform matrices of 128 rows and 64 columns, as in
// Pool and Yu 2021. `node benchmarks/channel-permutation.mjs` (after the build) writes
// benchmarks/results/channel-permutation.json: efficacy in percent with its standard error, and milliseconds of CPU on one
// core; beside it the share of |w| that 2:4 keeps of Gaussian weights.

import { mkdirSync, writeFileSync } from "node:fs";
import {
  channelSwap,
  largestOfBlocks,
  permutationEfficacy,
  randomPermutations,
  seededRandom,
  stripeGroups,
  TWO_OF_FOUR,
} from "../packages/core/dist/index.js";
import { nodeHost } from "../packages/runtime-node/dist/index.js";

const [ROWS, COLUMNS, MATRICES] = [128, 64, 20];
const GAUSSIAN = 1 << 20;
const SEARCHES = [
  randomPermutations({ trials: 1_000 }),
  randomPermutations({ trials: 10_000 }),
  channelSwap(),
  channelSwap({ escapes: 100 }),
  stripeGroups({ escapes: 0 }),
  stripeGroups(),
  stripeGroups({ escapes: 500 }),
  stripeGroups({ columns: 12, escapes: 0 }),
  stripeGroups({ columns: 12 }),
  stripeGroups({ columns: 12, escapes: 500 }),
];

const matrices = Array.from({ length: MATRICES }, (_, seed) => {
  const random = seededRandom(seed, "channel permutation");
  const values = Float32Array.from({ length: ROWS * COLUMNS }, () => random.uniform());
  return { values, rows: ROWS, columns: COLUMNS };
});

const rows = SEARCHES.map((search) => {
  const runs = matrices.map((weights) => {
    const start = process.cpuUsage();
    const { permutation } = search.search(weights);
    const { user, system } = process.cpuUsage(start);
    const { efficacy } = permutationEfficacy(weights, permutation);
    return { efficacyPercent: 100 * efficacy, cpuMs: (user + system) / 1000 };
  });
  const efficacies = runs.map(({ efficacyPercent }) => efficacyPercent);
  const row = {
    search: search.name,
    meanPercent: mean(efficacies),
    standardErrorPercent: standardError(efficacies),
    meanCpuMs: mean(runs.map(({ cpuMs }) => cpuMs)),
    mostCpuMs: Math.max(...runs.map(({ cpuMs }) => cpuMs)),
    efficaciesPercent: efficacies,
  };
  console.error(
    `${row.search}: ${row.meanPercent.toFixed(2)} ± ${row.standardErrorPercent.toFixed(2)} %, ${row.meanCpuMs.toFixed(0)} ms, at most ${row.mostCpuMs.toFixed(0)}`,
  );
  return row;
});

const gaussianKept = keptOfGaussian();
console.error(`2:4 keeps ${(100 * gaussianKept).toFixed(3)} % of |w| of ${GAUSSIAN} Gaussian weights`);
mkdirSync("benchmarks/results", { recursive: true });
writeFileSync(
  "benchmarks/results/channel-permutation.json",
  `${JSON.stringify({ command: "node benchmarks/channel-permutation.mjs", machine: nodeHost().machine(), matrices: MATRICES, rowsOfMatrix: ROWS, columns: COLUMNS, gaussianWeights: GAUSSIAN, gaussianKept, searches: rows }, null, 1)}\n`,
);

function keptOfGaussian() {
  const random = seededRandom(1);
  const values = Float32Array.from({ length: GAUSSIAN }, () => random.normal());
  const mask = largestOfBlocks(
    values,
    new Uint8Array(GAUSSIAN).fill(1),
    { dims: [GAUSSIAN], axis: 0 },
    TWO_OF_FOUR,
  );
  let [kept, all] = [0, 0];
  for (const [i, value] of values.entries()) {
    all += Math.abs(value);
    if (mask[i] === 1) kept += Math.abs(value);
  }
  return kept / all;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardError(values) {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
