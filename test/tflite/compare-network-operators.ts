// Holds the int8 operators of real networks on both interpreters against what run_reference.py wrote, element by element.
//
//   ESPALIER_DATA=… node test/run-typescript.mjs test/tflite/compare-network-operators.ts FOLDER
//
// writes network-int8.json beside this file: a row for each operator, and of what the reference says a sample.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RuntimeTensor } from "@espalier/core";
import { builtTfliteRuntime } from "./built-runtime.js";
import type { NetworkInt8, OperatorRow } from "./network-int8.js";
import { INT8_NETWORKS, int8Inputs, networkApart, samplePlaces, sizeOf } from "./operators-apart.js";

const folder = process.argv[2];
if (folder === undefined) throw new Error("name a folder");
const open = await builtTfliteRuntime();
const json = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8"));
const { tensorflow, outputs } = json("reference.json") as {
  tensorflow: string;
  outputs: Record<string, string[]>;
};
const networks: Record<string, NetworkInt8> = {};
for (const name of INT8_NETWORKS) {
  const pairs = json(`${name}.ranges.json`) as [number, number][];
  const apart = networkApart(
    name,
    pairs.map(([min, max]) => ({ min, max })),
  );
  const feeds = int8Inputs(apart);
  const [litert, tfjs] = [
    await results("litert", apart.bytes, feeds),
    await results("tfjs", apart.bytes, feeds),
  ];
  const reference = new Int8Array(new Uint8Array(readFileSync(join(folder, `${name}.reference`))).buffer);
  let at = 0;
  const operators = apart.operators.map((operator, i): OperatorRow => {
    const { name: output, shape } = operator.output;
    if (outputs[name]?.[i] !== output) throw new Error(`${output} is another operator's`);
    const size = sizeOf(shape);
    const expected = reference.subarray(at, at + size);
    at += size;
    const sample = Int8Array.from(samplePlaces(operator), (place) => expected[place] as number);
    return {
      name: operator.name,
      elements: size,
      clipped: expected.filter((value) => value === -128 || value === 127).length / size,
      litert: agreement(litert[output] as RuntimeTensor, expected),
      tfjs: agreement(tfjs[output] as RuntimeTensor, expected),
      sample: Buffer.from(sample.buffer).toString("base64"),
    };
  });
  if (at !== reference.length) throw new Error(`${name} has other operators`);
  networks[name] = { sha256: apart.sha256, ranges: pairs, operators };
}
const table = new URL("../../../test/tflite/network-int8.json", import.meta.url);
const text = JSON.stringify({ tensorflow, networks }, null, 1);
writeFileSync(table, `${text.replaceAll(/\[\s+(-?[\d.e-]+),\s+(-?[\d.e-]+)\s+\]/g, "[$1, $2]")}\n`);
for (const [name, { operators }] of Object.entries(networks))
  for (const engine of ["litert", "tfjs"] as const) {
    const rows = operators.map((row) => row[engine]);
    const worst = Math.min(...rows.map(({ within }) => within));
    const largest = Math.max(...rows.map((row) => row.largest));
    console.log(
      `${name}, ${engine}: ${rows.length} operators, worst ${worst} within a step, off by ${largest}`,
    );
  }
process.exit(0);

async function results(engine: "litert" | "tfjs", bytes: Uint8Array, feeds: Record<string, RuntimeTensor>) {
  const session = await open({ engine }).load(bytes, { timeoutMs: 300_000 });
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}

function agreement({ data }: RuntimeTensor, expected: Int8Array): OperatorRow["litert"] {
  const steps = Array.from(data as Int8Array, (value, i) => Math.abs(value - (expected[i] as number)));
  if (steps.length !== expected.length) throw new Error("another size");
  const share = (most: number) => steps.filter((step) => step <= most).length / steps.length;
  return { equal: share(0), within: share(1), largest: steps.reduce((a, b) => Math.max(a, b), 0) };
}
