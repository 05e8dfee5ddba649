// How much faster networks with half of every layer's channels are in a browser: what `advise` is held against.
// `ESPALIER_DATA=… node benchmarks/web-half.mjs` (after the build) writes benchmarks/results/web-half.json. Pruned and dense
// take turns in Chromium, one thread, WebAssembly.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  magnitude,
  makePlan,
  modelBytes,
  oneShot,
  openSubject,
  randomInputs,
  removalOf,
  sliceModel,
  uniform,
} from "../packages/core/dist/index.js";
import { nodeHost } from "../packages/runtime-node/dist/index.js";
import { chromiumRuntime } from "../packages/runtime-web/dist/node/index.js";

const data = process.env.ESPALIER_DATA;
if (!data) throw new Error("ESPALIER_DATA names the folder with the models");

const MODELS = [
  "cifar10-resnet20",
  "cifar10-resnet56",
  "magika_standard_v3_3",
  "squeezenet1.1-imagenet",
  "tinyyolo-vnncomp",
  "ultraface-rfb-320",
  "yolox_nano",
];

const runtime = await chromiumRuntime();
const rows = [];
for (const model of MODELS) {
  const subject = openSubject(new Uint8Array(readFileSync(join(data, "onnx", `${model}.onnx`))));
  const { model: dense, facts, boundFacts, analysis, handlers } = subject;
  const { steps } = makePlan(dense, facts, analysis, handlers, {
    ...{ criterion: magnitude(), allocation: uniform(), schedule: oneShot(), ratio: 0.5, step: 1 },
    ...{ minWidth: 1, include: [], exclude: [], allowInexact: false, seed: 1 },
  });
  const pruned = sliceModel(dense, facts, analysis, removalOf(analysis, steps), handlers);
  const [feeds] = randomInputs(dense, boundFacts, handlers, { seed: 1, count: 1 });
  const reference = { model: { bytes: modelBytes(dense) }, feeds };
  const profiler = await runtime.openProfiler({ threads: 1, budgetMs: 2000, reference });
  const timed = await profiler.profile({ bytes: modelBytes(pruned) }, feeds);
  await profiler.dispose();
  const row = { model, denseMs: timed.reference.medianMs, speedup: 1 / timed.reference.times };
  rows.push(row);
  console.error(`${model}: ${row.speedup.toFixed(2)}× faster than ${row.denseMs.toFixed(2)} ms`);
}
await runtime.close();
writeFileSync(
  "benchmarks/results/web-half.json",
  `${JSON.stringify({ command: "node benchmarks/web-half.mjs", machine: nodeHost().machine(), runtime: runtime.name, rows }, null, 2)}\n`,
);
