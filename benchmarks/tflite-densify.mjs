// What zeros in the 1x1 convolutions of MobileNetV1 are worth in TFLite: as dense constants nothing, behind DENSIFY what
// stands in benchmarks/results/tflite-densify.json and docs/tflite-sparsity.md.
// `node benchmarks/tflite-densify.mjs [rounds]` (after the build). All files take turns in one Chromium, one thread each,
// batch 1; a speed-up is the median over the rounds of the ratio within a round, with the least and the largest. Where no
// more than two thirds are zero the export refuses: that file is put together here, to see what it would have been worth.

import { writeFileSync } from "node:fs";
import {
  compareOutput,
  isUnavailable,
  modelBytes,
  seededRandom,
  smallestOf,
} from "../packages/core/dist/index.js";
import { floatTensor, readFloats } from "../packages/ir/dist/index.js";
import { nodeHost, nodeRuntime } from "../packages/runtime-node/dist/index.js";
import { chromiumTfliteRuntime } from "../packages/runtime-tflite/dist/node/index.js";
import {
  exportTflite,
  makeOptions,
  onnxOnTflite,
  readTflite,
  writeTflite,
} from "../packages/tflite/dist/index.js";
import { compressRows } from "../packages/tflite/dist/sparse/compress-rows.js";
import { mobilenetV1 } from "../packages/zoo/dist/index.js";

const ROUNDS = Number(process.argv[2] ?? 5);
const RUNS = 20;
const NETWORK = { width: 1, resolution: 224, seed: 1 };
const SHARES = [0.5, 0.7, 0.85, 0.95];
/** What "dense constants" means: the same zeros, stored. */
const BASELINE = "dense 0.85";

function masked(zeros) {
  const model = mobilenetV1(NETWORK);
  for (const { inputs } of model.graph.nodes) {
    const weight = inputs[1];
    if (weight?.initializer?.dims[2] !== 1) continue;
    const { dims, name } = weight.initializer;
    const values = readFloats(weight.initializer);
    const mask = smallestOf(values, new Uint8Array(values.length).fill(1), Math.round(zeros * values.length));
    const kept = values.map((value, i) => value * mask[i]);
    weight.initializer = floatTensor(dims, kept, name);
  }
  return model;
}

/** The file with all 1x1 weights behind DENSIFY, whatever the conditions say. */
function forced(bytes) {
  const file = readTflite(bytes);
  const [graph] = file.subgraphs;
  const tensors = [...graph.tensors];
  const buffers = [...file.buffers];
  const front = [];
  const operators = graph.operators.map((operator) => {
    const weight = tensors[operator.inputs[1]];
    const { builtinCode } = file.operatorCodes[operator.opcodeIndex];
    if (builtinCode !== "CONV_2D" || weight.shape[1] !== 1 || weight.shape[2] !== 1) return operator;
    const constant = new Float32Array(buffers[weight.buffer].data.slice().buffer);
    const rows = compressRows({ ...weight, constant });
    const data = new Uint8Array(rows.constant.buffer);
    const sparse = { ...weight, name: `${weight.name}_rows`, sparsity: rows.sparsity };
    const from = tensors.push({ ...sparse, buffer: buffers.push({ data }) - 1 }) - 1;
    const to = tensors.push({ ...weight, name: `${weight.name}_wide`, buffer: 0 }) - 1;
    const code = { opcodeIndex: file.operatorCodes.length, builtinOptions: makeOptions("DensifyOptions") };
    front.push({ ...operator, ...code, inputs: [from], outputs: [to] });
    return { ...operator, inputs: [operator.inputs[0], to, operator.inputs[2]] };
  });
  const densify = { builtinCode: "DENSIFY", customCode: "", version: 1 };
  return writeTflite({
    ...file,
    ...{ buffers, operatorCodes: [...file.operatorCodes, densify] },
    subgraphs: [{ ...graph, tensors, operators: [...front, ...operators] }],
  });
}

const random = seededRandom(3, "image");
const dims = [1, 3, NETWORK.resolution, NETWORK.resolution];
const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => random.normal());
const feeds = { input: { dataType: 1, dims, data } };

const cases = [0, ...SHARES].map((zeros) => {
  const model = masked(zeros);
  const dense = exportTflite(model);
  const sparse = exportTflite(model, { sparse: "densify" });
  if (dense.bytes === null) throw new Error(dense.refused[0].reason);
  return {
    zeros,
    model,
    dense: dense.bytes,
    sparse: sparse.bytes,
    refused: sparse.refused.map(({ code }) => code),
  };
});
const files = Object.fromEntries(
  cases.flatMap(({ zeros, dense, sparse }) => [
    ...(zeros === 0 || zeros === 0.85 ? [[`dense ${zeros}`, dense]] : []),
    ...(zeros === 0 ? [] : [[`sparse ${zeros}`, sparse ?? forced(dense)]]),
  ]),
);

const onnx = nodeRuntime();
async function outputOf(runtime, bytes) {
  const session = await runtime.load(bytes);
  const outputs = await session.run(feeds);
  await session.dispose();
  return Object.entries(outputs)[0];
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const rounded = (value) => Number(value.toPrecision(4));

const results = [];
for (const engine of ["tfjs", "litert"]) {
  const chromium = await chromiumTfliteRuntime({ engine });
  const runtime = onnxOnTflite(chromium);
  const agreement = {};
  for (const { zeros, model } of cases) {
    const [name, expected] = await outputOf(onnx, modelBytes(model));
    for (const label of Object.keys(files).filter((one) => one.endsWith(` ${zeros}`))) {
      const [, found] = await outputOf(runtime, files[label]);
      agreement[label] = compareOutput(name, expected, found).maxRel;
    }
  }
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const models = Object.fromEntries(Object.entries(files).map(([label, bytes]) => [label, { bytes }]));
    const latency = await runtime.measureLatency({ models, feeds, threads: 1, batch: 1, runs: RUNS });
    if (isUnavailable(latency)) throw new Error(latency.unblock);
    rounds.push(latency);
    console.error(
      engine,
      Object.entries(latency)
        .map(([label, { medianMs, p10Ms }]) => `${label}: ${medianMs.toFixed(1)} (${p10Ms.toFixed(1)})`)
        .join(", "),
    );
  }
  results.push({
    runtime: chromium.name,
    rows: Object.keys(files).map((label) => {
      const ratios = rounds.map((latency) => latency[BASELINE].medianMs / latency[label].medianMs);
      const zeros = Number(label.split(" ")[1]);
      const refused = label.startsWith("sparse") ? cases.find((one) => one.zeros === zeros).refused : [];
      return {
        file: label,
        refused,
        // One that is put together here still holds the dense weights.
        sizeBytes: refused.length > 0 ? null : files[label].length,
        medianMs: rounded(median(rounds.map((latency) => latency[label].medianMs))),
        p10Ms: rounded(Math.min(...rounds.map((latency) => latency[label].p10Ms))),
        speedup: {
          median: rounded(median(ratios)),
          least: rounded(Math.min(...ratios)),
          most: rounded(Math.max(...ratios)),
        },
        unstableRounds: rounds.filter((latency) => latency[label].unstable).length,
        maxRel: agreement[label],
      };
    }),
  });
  await chromium.close();
}
const machine = nodeHost().machine();
const note = "shared with other work while it ran: times are ratios within a round";
const report = {
  command: `node benchmarks/tflite-densify.mjs ${ROUNDS}`,
  network: { mobilenetV1: NETWORK },
  baseline: BASELINE,
  runs: RUNS,
  rounds: ROUNDS,
  machine,
  note,
  results,
};
writeFileSync("benchmarks/results/tflite-densify.json", `${JSON.stringify(report, null, 2)}\n`);
for (const { runtime, rows } of results) {
  console.log(runtime);
  for (const { file, speedup, maxRel } of rows)
    console.log(`  ${file}: ${speedup.median}× (${speedup.least} to ${speedup.most}), maxRel ${maxRel}`);
}
process.exit(0);
