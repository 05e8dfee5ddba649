// `npm run fuzz`: a long run of mutated files through the reader, in worker threads. Resumable: the result file
// holds how many blocks are done. Prints progress on stderr; findings are saved minimised.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { checkInput } from "./check-input.js";
import { fuzzCorpus } from "./corpus.js";
import { BLOCK_INPUTS, type BlockResult, fuzzBlock, minimise } from "./fuzz-block.js";

interface State {
  command: string;
  seed: number;
  inputs: number;
  /** Blocks 0 to this are done. */
  blocks: number;
  seconds: number;
  corpus: number;
  node: string;
  outcomes: Record<string, number>;
  findings: { block: number; index: number; problem: string; file: string }[];
}

const MOST_SAVED = 40;
const STATE_EVERY_MS = 15_000;

async function main(root: string): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "10000000" },
      seed: { type: "string", default: "1" },
      workers: { type: "string", default: "2" },
      result: { type: "string" },
    },
  });
  const [count, seed, workers] = [Number(values.count), Number(values.seed), Number(values.workers)];
  const resultFile = values.result ?? join(root, `test/fuzz/results/reader-seed-${seed}.json`);
  const state: State = existsSync(resultFile)
    ? JSON.parse(readFileSync(resultFile, "utf8"))
    : {
        command: `npm run fuzz -- --count ${count} --seed ${seed} --workers ${workers}`,
        seed,
        inputs: 0,
        blocks: 0,
        seconds: 0,
        corpus: fuzzCorpus().length,
        node: process.version,
        outcomes: {},
        findings: [],
      };
  const wanted = Math.ceil(count / BLOCK_INPUTS);
  const before = state.seconds;
  const start = performance.now();
  const save = (): void => {
    state.seconds = Math.round(before + (performance.now() - start) / 1000);
    mkdirSync(dirname(resultFile), { recursive: true });
    writeFileSync(resultFile, `${JSON.stringify(state, null, 2)}\n`);
  };
  // Blocks finish in any order; only those up to the first unfinished one count as done.
  const finished = new Map<number, BlockResult>();
  let next = state.blocks;
  const take = (result: BlockResult, block: number): void => {
    finished.set(block, result);
    for (let done = finished.get(state.blocks); done !== undefined; done = finished.get(state.blocks)) {
      finished.delete(state.blocks);
      merge(state, done, join(root, "test/hostile/found"));
      state.blocks++;
      state.inputs += BLOCK_INPUTS;
    }
  };
  const timer = setInterval(() => {
    save();
    const rate = (state.inputs / Math.max(1, state.seconds)).toFixed(0);
    process.stderr.write(
      `${state.inputs} of ${count} inputs, ${rate}/s, ${state.findings.length} findings\n`,
    );
  }, STATE_EVERY_MS);
  await Promise.all(
    Array.from({ length: Math.min(workers, Math.max(0, wanted - next)) }, async () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { seed } });
      while (next < wanted) {
        const block = next++;
        const result = await new Promise<BlockResult>((resolve, reject) => {
          worker.once("message", resolve);
          worker.once("error", reject);
          worker.postMessage(block);
        });
        worker.removeAllListeners("error");
        take(result, block);
      }
      await worker.terminate();
    }),
  );
  clearInterval(timer);
  save();
  process.stderr.write(`${state.inputs} inputs, ${state.findings.length} findings: ${resultFile}\n`);
  process.exitCode = state.findings.length === 0 ? 0 : 1;
}

function merge(state: State, result: BlockResult, folder: string): void {
  for (const [outcome, times] of Object.entries(result.outcomes))
    state.outcomes[outcome] = (state.outcomes[outcome] ?? 0) + times;
  for (const { block, index, problem, bytes } of result.findings) {
    const kind = problem.slice(0, 60);
    const saved = state.findings.filter((one) => one.problem.slice(0, 60) === kind && one.file !== "").length;
    let file = "";
    if (saved < 2 && state.findings.length < MOST_SAVED) {
      const small = minimise(bytes, (shorter) => checkInput(shorter, true).problem?.slice(0, 60) === kind);
      file = `${createHash("sha256").update(small).digest("hex").slice(0, 16)}.onnx`;
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, file), small);
    }
    state.findings.push({ block, index, problem, file });
  }
}

if (isMainThread) {
  await main(process.cwd());
} else {
  const corpus = fuzzCorpus();
  parentPort?.on("message", (block: number) =>
    parentPort?.postMessage(fuzzBlock(corpus, workerData.seed, block)),
  );
}
