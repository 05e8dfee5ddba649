// `npm run fuzz:tflite`: a long run of mutated TFLite files through reader and writer. Prints what they end in;
// findings are saved beside those of the ONNX reader.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fuzzTfliteBlock, TFLITE_BLOCK_INPUTS, tfliteCorpus } from "./tflite-block.js";

const BLOCKS_PER_LINE = 20;

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
  },
});
const corpus = tfliteCorpus(process.cwd());
const folder = join(process.cwd(), "test/hostile/found");
const blocks = Math.ceil(Number(values.count) / TFLITE_BLOCK_INPUTS);
const outcomes: Record<string, number> = {};
let findings = 0;
for (let block = 0; block < blocks; block++) {
  const result = fuzzTfliteBlock(corpus, Number(values.seed), block);
  for (const [outcome, times] of Object.entries(result.outcomes))
    outcomes[outcome] = (outcomes[outcome] ?? 0) + times;
  for (const { index, problem, bytes } of result.findings) {
    const name = `${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}.tflite`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), bytes);
    process.stderr.write(`block ${block}, input ${index}: ${problem} (${name})\n`);
    findings++;
  }
  if ((block + 1) % BLOCKS_PER_LINE === 0 || block + 1 === blocks)
    process.stderr.write(`${(block + 1) * TFLITE_BLOCK_INPUTS} inputs, ${findings} findings\n`);
}
process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
process.exitCode = findings === 0 ? 0 : 1;
