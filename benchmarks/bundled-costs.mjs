// The cost table that ships with a target, for networks that nobody has measured on the user's machine: what kinds of
// kernels cost, fitted over several networks, the staircase, and what zeros do.
// `ESPALIER_DATA=… node benchmarks/bundled-costs.mjs` (after the build) writes packages/cpu/src/bundled-costs.ts;
// with `--target web` the same is measured in a Chromium, and packages/web/src/bundled-costs.ts is written.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CostMeter,
  chainReference,
  fitKindRates,
  measureStair,
  measureZeros,
  modelBytes,
  openSubject,
  randomInputs,
  stepOf,
} from "../packages/core/dist/index.js";
import { nodeHost, nodeRuntime } from "../packages/runtime-node/dist/index.js";
import { chromiumRuntime } from "../packages/runtime-web/dist/node/index.js";
import { mobilenetV2, resnet50, vgg16 } from "../packages/zoo/dist/index.js";

const data = process.env.ESPALIER_DATA;
if (!data) throw new Error("ESPALIER_DATA names the folder with the models");
const file = (name) => new Uint8Array(readFileSync(join(data, "onnx", `${name}.onnx`)));

// What people put on a page fits a page: the browser's costs leave the three largest out, and take fewer trials.
const SMALL = [
  file("squeezenet1.1-imagenet"),
  file("cifar10-resnet56"),
  file("ultraface-rfb-320"),
  file("yolox_nano"),
  file("tinyyolo-vnncomp"),
  modelBytes(mobilenetV2()),
];
const LARGE = [file("style-candy"), modelBytes(vgg16()), modelBytes(resnet50())];

const target = process.argv.includes("web") ? "web" : "cpu";
const networks = target === "web" ? SMALL : [...SMALL, ...LARGE];
const trials = target === "web" ? 5 : 10;
const runtime = target === "web" ? await chromiumRuntime() : nodeRuntime();
const host = nodeHost();
const say = (text) => process.stderr.write(`${text}\n`);

const chains = await runtime.openProfiler(
  target === "web"
    ? { threads: 1, budgetMs: 200, reference: chainReference() }
    : { threads: 1, budgetMs: 100 },
);
say("the staircase");
const stair = await measureStair(chains);
const { zeros, twoOfFour } = await measureZeros(chains);
await chains.dispose();
const step = stepOf(stair);
say(`step ${step}, zeros ${zeros.value}, 2:4 ${twoOfFour.value}`);

const samples = [];
for (const [i, bytes] of networks.entries()) {
  say(`network ${i + 1} of ${networks.length}`);
  const subject = openSubject(bytes);
  const [feeds] = randomInputs(subject.model, subject.boundFacts, subject.handlers, { seed: 1, count: 1 });
  const reference = { model: { bytes }, feeds };
  const profiler = await runtime.openProfiler({ threads: 1, budgetMs: 400, reference });
  const meter = new CostMeter(subject, profiler, feeds, {
    seed: 1,
    step,
    stair,
    trials,
    groups: subject.analysis.groups.filter(({ exact, width }) => exact && width > 1),
    header: { machine: {}, runtime: runtime.name, threads: 1, source: null },
  });
  await meter.run();
  await profiler.dispose();
  samples.push(...meter.kindSamples());
}

const table = {
  schema: 1,
  origin: "bundled",
  machine: host.machine(),
  runtime: runtime.name,
  threads: 1,
  source: null,
  step,
  stair,
  patterns: [],
  others: [],
  runs: [],
  overheadUs: 0,
  denseUs: 0,
  profilerUs: 0,
  kinds: fitKindRates(samples),
};
const flags = target === "cpu" ? "" : ` --target ${target}`;
writeFileSync(
  new URL(`../packages/${target}/src/bundled-costs.ts`, import.meta.url),
  `// Written by \`node benchmarks/bundled-costs.mjs${flags}\`: costs of one machine, for networks that nobody has measured on
// yours. A prediction from these says so.

import type { DenseRuntimeFacts } from "@espalier/core";

export const BUNDLED_COSTS: Omit<DenseRuntimeFacts, "target"> = ${JSON.stringify({ table, zeros, twoOfFour }, null, 2)};
`,
);
if (target === "web") await runtime.close();
