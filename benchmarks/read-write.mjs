// How long reading and writing an ONNX file of 100 MB of raw initialisers takes beside reading and writing the same
// bytes, each in a fresh process, and how fast a file of nothing but small messages is read; medians of 5.
// `node benchmarks/read-write.mjs` (after the build).

import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { concatChunks, GraphBuilder, rawTensor, readModel, writeModel } from "../packages/ir/dist/index.js";

const TENSORS = 100;
const SIDE = 512; // float32[SIDE, SIDE] is 1 MiB
const NODES = 100_000;

const [, script, task, folder = ""] = process.argv;
const weights = join(folder, "weights.onnx");
const messages = join(folder, "messages.onnx");

/** A model of TENSORS matrices of different content, multiplied one after the other. */
function weightsModel() {
  const b = new GraphBuilder();
  let x = b.input("x", ["N", SIDE]);
  for (let i = 0; i < TENSORS; i++) {
    const bytes = new Uint8Array(new Float32Array(SIDE * SIDE).fill(1 / (i + SIDE)).buffer);
    x = b.op("MatMul", [x, b.weight("w", rawTensor(1, [SIDE, SIDE], bytes))]);
  }
  b.output(x, "y");
  return b.model();
}

/** A model of NODES nodes and no weights. */
function messagesModel() {
  const b = new GraphBuilder();
  let x = b.input("x", ["N", 3]);
  for (let i = 0; i < NODES; i++) x = b.op("Relu", [x]);
  b.output(x, "y");
  return b.model();
}

function writeChunks(path, chunks) {
  const file = openSync(path, "w");
  for (const chunk of chunks) writeSync(file, chunk);
  closeSync(file);
}

function timed(work) {
  const start = performance.now();
  const result = work();
  return [performance.now() - start, result];
}

const tasks = {
  weights() {
    const [fileReadMs, bytes] = timed(() => readFileSync(weights));
    const [readModelMs, model] = timed(() => readModel(bytes));
    const [plainWriteMs] = timed(() => writeFileSync(join(folder, "plain"), bytes));
    const [writeMs, written] = timed(() => {
      const result = writeModel(model);
      writeChunks(join(folder, "written"), result.chunks);
      return result;
    });
    const [writeModelMs] = timed(() => writeModel(model));
    return {
      megabytes: written.byteLength / 1e6,
      chunks: written.chunks.length,
      fileReadMs,
      readModelMs,
      plainWriteMs,
      writeAndStoreMs: writeMs,
      beyondPlainWriteMs: writeMs - plainWriteMs,
      writeModelAgainMs: writeModelMs,
    };
  },
  async messages() {
    const bytes = readFileSync(messages);
    const [firstMs] = timed(() => readModel(bytes));
    const [warmMs] = timed(() => readModel(bytes));
    const megabytes = bytes.byteLength / 1e6;
    return { megabytes, firstMBPerS: megabytes / (firstMs / 1000), warmMBPerS: megabytes / (warmMs / 1000) };
  },
};

if (task !== undefined) {
  console.log(JSON.stringify(await tasks[task]()));
} else {
  const scratch = mkdtempSync(join(tmpdir(), "espalier-read-write-"));
  try {
    writeChunks(join(scratch, "weights.onnx"), writeModel(weightsModel()).chunks);
    writeFileSync(join(scratch, "messages.onnx"), concatChunks(writeModel(messagesModel()).chunks));
    for (const name of Object.keys(tasks)) {
      const runs = Array.from({ length: 5 }, () => runOnce(name, scratch));
      console.log(`${name} (median of ${runs.length} processes)`);
      for (const key of Object.keys(runs[0]))
        console.log(`  ${key.padEnd(20)} ${median(runs, key).toFixed(1)}`);
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function runOnce(name, scratch) {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), name, scratch], {
    encoding: "utf8",
  });
  if (child.status !== 0) throw new Error(`${script} ${name}: ${child.stderr}`);
  return JSON.parse(child.stdout);
}

function median(runs, key) {
  return runs.map((run) => run[key]).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
}
