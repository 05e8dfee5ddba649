// What computing in int8 costs: ResNet-56 on CIFAR-10 and SqueezeNet 1.1 on ImageNet photos as TFLite files, in float32 and
// in int8 with ranges observed on images that are not judged, on two interpreters.
//
// `ESPALIER_DATA=… node studies/tflite-int8.mjs` (after the build) writes studies/results/tflite-int8.json; minutes.

import { resnet56, squeezenet } from "../benchmarks/recovery-data.mjs";
import { modelBytes } from "../packages/core/dist/index.js";
import { nodeTfliteRuntime } from "../packages/runtime-tflite/dist/node/index.js";
import { exportInt8, exportTflite, observeInt8, onnxOnTflite } from "../packages/tflite/dist/index.js";
import { runtime, writeResult } from "./study.mjs";

/** Ranges by name: "min-max" is the default of the target. */
const RANGES = { "min-max": { kind: "min-max" }, mse: { kind: "mse" } };

const interpreters = { litert: nodeTfliteRuntime(), "tfjs-tflite": nodeTfliteRuntime({ engine: "tfjs" }) };
const networks = {};
for (const { name, title, subject, calibration, test } of [resnet56(), await squeezenet()]) {
  const { model, bindings } = subject;
  const { bytes: float } = exportTflite(model, { bindings });
  const onnx = await classes(runtime, modelBytes(model), test);
  const plain = await classes(onnxOnTflite(interpreters.litert), float, test);
  const result = {
    ...{ title, judged: onnx.length, calibrated: items(calibration) },
    onnx: { top1: share(onnx, test.labels) },
    float32: { bytes: float.length, top1: share(plain, test.labels), asOnnx: share(plain, onnx) },
    int8: {},
  };
  console.error(`${title}: ${percent(result.onnx.top1)}, as float32 TFLite ${percent(result.float32.top1)}`);
  for (const [method, kind] of Object.entries(RANGES)) {
    const observed = { bindings, runtime: interpreters.litert, inputs: calibration, ranges: kind };
    const ranges = await observeInt8(model, observed);
    const { bytes, operators } = exportInt8(model, { bindings, ranges });
    const found = {};
    for (const [engine, interpreter] of Object.entries(interpreters))
      found[engine] = await classes(onnxOnTflite(interpreter), bytes, test);
    const { litert, "tfjs-tflite": tfjs } = found;
    const top1 = share(litert, test.labels);
    result.int8[method] = {
      ...{ bytes: bytes.length, operators, top1, drop: result.float32.top1 - top1 },
      ...{ asFloat: share(litert, plain), interpretersAgree: share(litert, tfjs) },
    };
    console.error(
      `  int8, ${method}: ${percent(top1)}, interpreters agree on ${percent(share(litert, tfjs))}`,
    );
  }
  networks[name] = result;
}
const names = Object.values(interpreters).map(({ name }) => name);
writeResult("tflite-int8", {
  command: "ESPALIER_DATA=… node studies/tflite-int8.mjs",
  ...{ interpreters: names, networks },
});

/** The class of every item, one item a run. */
async function classes(engine, bytes, { feeds }) {
  const session = await engine.loadUntrusted(bytes, { threads: 1 });
  const found = [];
  try {
    for (const set of feeds)
      for (const one of single(set)) {
        const [output] = Object.values(await session.run(one));
        found.push(output.data.indexOf(output.data.reduce((a, b) => Math.max(a, b))));
      }
  } finally {
    await session.dispose();
  }
  return found;
}

function* single(set) {
  const [[name, { dims, data, dataType }]] = Object.entries(set);
  const size = data.length / dims[0];
  for (let i = 0; i < dims[0]; i++)
    yield { [name]: { dataType, dims: [1, ...dims.slice(1)], data: data.slice(i * size, (i + 1) * size) } };
}

function items(sets) {
  return sets.reduce((sum, set) => sum + Object.values(set)[0].dims[0], 0);
}

function share(found, wanted) {
  return found.filter((one, i) => one === wanted[i]).length / found.length;
}

function percent(fraction) {
  return `${(100 * fraction).toFixed(2)} %`;
}
