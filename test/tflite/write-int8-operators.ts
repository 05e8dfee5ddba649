// Writes the files of int8-operators.ts into a folder, for make_int8_golden.py. After a build.
//
//   node test/run-typescript.mjs test/tflite/write-int8-operators.ts FOLDER

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtTfliteRuntime } from "./built-runtime.js";
import { operatorFiles } from "./int8-operators.js";

const folder = process.argv[2];
if (folder === undefined) throw new Error("name a folder");
const nodeTfliteRuntime = await builtTfliteRuntime();
mkdirSync(folder, { recursive: true });
for (const { name, bytes } of await operatorFiles(nodeTfliteRuntime())) {
  writeFileSync(join(folder, `${name}.tflite`), bytes);
}
