// Matrices for `gpu_two_of_four.py`: packed by this project, beside the dense ones and their product in float64. So the
// machine with the GPU needs neither Node nor this project.
//
//   node benchmarks/gpu-two-of-four.mjs DIR              write the matrices
//   python3 benchmarks/gpu_two_of_four.py DIR --out FILE   on the GPU: check, time, one JSON
//
// Reads dist/: build first.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  largestOfBlocks,
  packTwoOfFour,
  seededRandom,
  TWO_OF_FOUR,
  unpackTwoOfFour,
} from "../packages/core/dist/index.js";
import { float16ToNumber, numberToFloat16 } from "../packages/ir/dist/index.js";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("usage: node benchmarks/gpu-two-of-four.mjs DIR\n");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

/** Small whole numbers: every sum is exact in float32, so the result must be exactly the reference. */
const whole = (random) => random.integer(-8, 8);
const normal = (random) => float16ToNumber(numberToFloat16(random.normal()));
/** M, N, K: A [M, K] is 2:4 along K; M a multiple of 16, N of 8, K of 32. */
const CASES = [
  { name: "whole numbers", m: 64, n: 32, k: 256, draw: whole, exact: true },
  { name: "normal numbers", m: 128, n: 64, k: 512, draw: normal, exact: false },
  { name: "blocks with fewer than two weights", m: 32, n: 16, k: 128, draw: sparser, exact: true },
];

function sparser(random) {
  return random.uniform() < 0.6 ? 0 : random.integer(1, 8);
}

const rows = CASES.map(({ name, m, n, k, draw, exact }, i) => {
  const random = seededRandom(i + 1, name);
  const full = Float32Array.from({ length: m * k }, () => draw(random));
  const mask = largestOfBlocks(full, new Uint8Array(m * k).fill(1), { dims: [m, k], axis: 1 }, TWO_OF_FOUR);
  const a = full.map((weight, at) => (mask[at] === 0 ? 0 : weight));
  const b = Float32Array.from({ length: n * k }, () => draw(random)); // [N, K]
  const packed = packTwoOfFour(a, m, k);
  if (unpackTwoOfFour(packed).some((weight, at) => weight !== a[at]))
    throw new Error("packing lost a weight");
  const c = new Float64Array(m * n);
  for (let row = 0; row < m; row++)
    for (let column = 0; column < n; column++)
      for (let at = 0; at < k; at++) c[row * n + column] += a[row * k + at] * b[column * k + at];
  const write = (what, data) => {
    const file = `${i}.${what}.bin`;
    writeFileSync(join(folder, file), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return file;
  };
  const half = (values) => Uint16Array.from(values, numberToFloat16);
  return {
    ...{ name, m, n, k, exact },
    files: {
      values: write("values", half(packed.values)),
      metadata: write("metadata", packed.metadata),
      dense: write("dense", half(a)),
      b: write("b", half(b)),
      reference: write("reference", c),
    },
  };
});
writeFileSync(join(folder, "cases.json"), `${JSON.stringify(rows, null, 2)}\n`);
process.stdout.write(`${rows.length} cases in ${folder}\n`);
