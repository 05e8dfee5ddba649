// Writes the int8 operators of real networks, each apart, for run_reference.py, with the ranges they were quantised by.
// After a build.
//
//   ESPALIER_DATA=… node test/run-typescript.mjs test/tflite/write-network-operators.ts FOLDER

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readModel } from "@espalier/ir";
import { observeInt8 } from "@espalier/tflite";
import { readModelBytes } from "../data-folder.js";
import { realInputs } from "../real-inputs.js";
import { builtTfliteRuntime } from "./built-runtime.js";
import { INT8_NETWORKS, networkApart } from "./operators-apart.js";

const folder = process.argv[2];
if (folder === undefined) throw new Error("name a folder");
const runtime = (await builtTfliteRuntime())();
mkdirSync(folder, { recursive: true });
for (const name of INT8_NETWORKS) {
  const model = readModel(readModelBytes(name));
  const ranges = await observeInt8(model, {
    ...{ bindings: { N: 1 }, runtime, inputs: await realInputs(name) },
  });
  if (ranges === null) throw new Error(`${name} has no form in TFLite`);
  // As floats, which is what they are: the shortest text that reads back the same.
  writeFileSync(
    join(folder, `${name}.ranges.json`),
    JSON.stringify(ranges.map(({ min, max }) => [min, max])),
  );
  writeFileSync(join(folder, `${name}.tflite`), networkApart(name, ranges).bytes);
}
