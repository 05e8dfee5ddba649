// Exports every ONNX model of a folder to TFLite, and writes beside each what ONNX Runtime says of the model to random
// inputs, or what one of our runners says of the file, so that another interpreter can be held against it.
//
//   node scripts/tflite-cases.mjs FOLDER OUT [--by onnx|litert|tfjs] [--precision float32] [--io-layout nhwc]
//       [--dim NAME=VALUE ...]
//   python test/tflite/compare_with_tensorflow.py OUT
//
// after a build. A folder's dims.json gives sizes by model: { "<model>": { "<dimension>": 48 } }.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { parseArgs } from "node:util";

const FLOAT16 = 10;

const { values, positionals } = parseArgs({
  args: argv.slice(2),
  allowPositionals: true,
  options: {
    precision: { type: "string", default: "float32" },
    "io-layout": { type: "string", default: "nhwc" },
    dim: { type: "string", multiple: true, default: [] },
    only: { type: "string", default: "" },
    by: { type: "string", default: "onnx" },
  },
});
const [folder = "", out = ""] = positionals;
if (out === "") throw new Error("usage: node scripts/tflite-cases.mjs FOLDER OUT");

const built = (/** @type {string} */ entry) => {
  const [name, ...folders] = entry.split("/");
  return import(
    new URL(["../packages", name, "dist", ...folders, "index.js"].join("/"), import.meta.url).href
  );
};
const [
  { DataType, inferFacts, readModel, resolveBindings },
  { defaultHandlers, randomInputs },
  { exportTflite },
  { nodeRuntime },
  { nodeTfliteRuntime },
] = await Promise.all(["ir", "core", "tflite", "runtime-node", "runtime-tflite/node"].map(built));

const given = Object.fromEntries(
  values.dim.map((text) => [
    text.slice(0, text.lastIndexOf("=")),
    Number(text.slice(text.lastIndexOf("=") + 1)),
  ]),
);
const dimsFile = join(out, "dims.json");
const dimsOf = existsSync(dimsFile) ? JSON.parse(readFileSync(dimsFile, "utf8")) : {};
const runtime = values.by === "onnx" ? nodeRuntime() : nodeTfliteRuntime({ engine: values.by });
mkdirSync(out, { recursive: true });
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith(".onnx") && name.includes(values.only))
  .sort()) {
  const name = file.slice(0, -".onnx".length);
  try {
    console.log(`${name}: ${await writeCase(name, new Uint8Array(readFileSync(join(folder, file))))}`);
  } catch (error) {
    console.log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * @param {string} name
 * @param {Uint8Array} bytes
 * @returns {Promise<string>} what became of it
 */
async function writeCase(name, bytes) {
  const model = readModel(bytes);
  const bindings = dimsOf[name] ?? given;
  const { precision, "io-layout": ioLayout } = values;
  const exported = exportTflite(model, { bindings, precision, ioLayout });
  if (exported.bytes === null) {
    const reasons = exported.refused.map(
      (/** @type {{ opType: string, code: string }} */ { opType, code }) => `${opType} ${code}`,
    );
    return `refused: ${[...new Set(reasons)].join(", ")}`;
  }
  writeFileSync(join(out, `${name}.tflite`), exported.bytes);
  const facts = inferFacts(model, { bindings: resolveBindings(model, bindings).bindings });
  const sets = randomInputs(model, facts, defaultHandlers(), { seed: 1, count: 2 });
  const session = await runtime.load(values.by === "onnx" ? bytes : exported.bytes);
  /** @type {{ inputs: Port[], outputs: Port[] }} */
  const io = exported.io;
  const cases = [];
  for (const feeds of sets) {
    const inputs = io.inputs.map((port) => stored(port, feeds[port.name]));
    const results = await session.run(values.by === "onnx" ? feeds : asFeeds(inputs));
    const outputs = io.outputs.map((port) =>
      values.by === "onnx" ? stored(port, results[port.name]) : { ...port, data: results[port.name].data },
    );
    cases.push({ inputs: inputs.map(encode), outputs: outputs.map(encode) });
  }
  await session.dispose();
  writeFileSync(join(out, `${name}.json`), JSON.stringify(cases));
  return `${exported.bytes.byteLength} bytes, ${exported.transposedBytes} bytes transposed`;
}

/**
 * A tensor as it lies in the file.
 *
 * @typedef {{ name: string, permutation: readonly number[], shape: readonly number[], type: string }} Port
 * @param {Port} port
 * @param {{ dims: readonly number[], data: ArrayLike<number | bigint>, dataType: number }} tensor
 */
function stored({ name, permutation, shape, type }, { dims, data, dataType }) {
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((a, b) => a * b, 1));
  const floats = new Float64Array(data.length);
  for (let i = 0; i < floats.length; i++) {
    let rest = i;
    let at = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] ?? 1;
      at += (rest % size) * (strides[permutation[axis] ?? 0] ?? 0);
      rest = Math.floor(rest / size);
    }
    floats[i] = numeric(data[at], dataType);
  }
  return {
    name,
    shape,
    type,
    data: type === "FLOAT32" ? Float32Array.from(floats) : Int32Array.from(floats),
  };
}

/** @typedef {{ name: string, shape: readonly number[], type: string, data: Float32Array | Int32Array }} Stored */

/** @param {Stored[]} inputs */
function asFeeds(inputs) {
  const entries = inputs.map(({ name, shape, type, data }) => {
    const dataType = type === "FLOAT32" ? DataType.FLOAT : DataType.INT32;
    return [name, { dataType, dims: shape, data }];
  });
  return Object.fromEntries(entries);
}

/** @param {Stored} tensor */
function encode({ name, shape, type, data }) {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { name, shape, type, data: bytes.toString("base64") };
}

/** @param {number | bigint | undefined} element @param {number} dataType */
function numeric(element, dataType) {
  if (dataType !== FLOAT16) return Number(element);
  const bits = Number(element);
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -magnitude : magnitude;
}
