// `npm run soak:training`: memory over 5,000 steps of a small network, with evaluations and checkpoints on the way. The
// heap, the buffers and the process must be as large in the end as after the first steps. Writes
// test/soak/results/training.json; ends with 1 when anything grows.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { batches, drawnDigits } from "@espalier/data";
import { folderCheckpoints, nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { adam, cosineRate, crossEntropy, evaluationOf, sourceOf, train } from "@espalier/train";
import { lenet300100 } from "@espalier/zoo";

const RESULT = fileURLToPath(new URL("results/training.json", import.meta.url));
const STEPS = 5000;
const BATCH = 60;
const EVERY = 250;
/** Samples before are warming up: code is compiled, pools grow to their size. */
const WARM = 1000;
/** Growth in MiB from the median of the first third after that to the median of the last. */
const LARGEST_GROWTH = { heapUsed: 2, arrayBuffers: 2, rss: 16 };
const MIB = 1024 * 1024;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

const images = drawnDigits({ count: 1200, seed: 1 });
const folder = mkdtempSync(join(tmpdir(), "espalier-soak-"));
/** @type {{ step: number, heapUsed: number, arrayBuffers: number, rss: number }[]} */
const samples = [];
let accuracy = null;
try {
  const { history } = await train({
    ...{ runtime: nodeRuntime({ threads: 1 }), host: nodeHost({ cache: null }) },
    ...{ model: lenet300100({ seed: 1 }), bindings: { N: BATCH }, loss: crossEntropy(), optimiser: adam() },
    batches: sourceOf((epoch) => batches(images, { batch: BATCH, seed: 1, epoch, dropLast: true })),
    ...{ epochs: (STEPS * BATCH) / images.count, rate: cosineRate(0.0012) },
    evaluate: [
      evaluationOf(
        "test",
        batches(drawnDigits({ count: 200, seed: 2 }), { batch: 80, seed: 1, shuffle: false }),
      ),
    ],
    evaluateEvery: 100,
    checkpoints: { store: folderCheckpoints(folder), every: 100 },
    onProgress: ({ phase, done }) => {
      if (phase !== "train" || done % EVERY !== 0) return;
      collect();
      const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
      samples.push({ step: done, heapUsed, arrayBuffers, rss });
    },
  });
  accuracy = history.evaluations.at(-1)?.accuracy;
} finally {
  rmSync(folder, { recursive: true });
}

const warm = samples.filter(({ step }) => step > WARM);
const third = Math.floor(warm.length / 3);
const growth = Object.fromEntries(
  Object.entries(LARGEST_GROWTH).map(([kind, most]) => {
    const of = (part) => median(part.map((sample) => sample[kind]));
    const mib = (of(warm.slice(-third)) - of(warm.slice(0, third))) / MIB;
    return [kind, { mib: rounded(mib), allowedMib: most, passed: mib <= most }];
  }),
);
const passed = Object.values(growth).every((one) => one.passed);
const result = {
  command: "npm run soak:training",
  createdAt: new Date().toISOString(),
  machine: { cpu: cpus()[0]?.model.trim(), cores: cpus().length, node: process.versions.node },
  network: `LeNet-300-100, batch ${BATCH}, Adam, drawn digits; an evaluation and a checkpoint every 100 steps`,
  ...{ steps: STEPS, accuracy, passed, growth },
  samples: samples.map(({ step, heapUsed, arrayBuffers, rss }) => ({
    step,
    heapMib: rounded(heapUsed / MIB),
    arrayBuffersMib: rounded(arrayBuffers / MIB),
    rssMib: rounded(rss / MIB),
  })),
};
writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`);
console.log(JSON.stringify({ accuracy, growth }));
process.exitCode = passed ? 0 : 1;

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function rounded(value) {
  return Math.round(10 * value) / 10;
}
