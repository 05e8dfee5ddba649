// Writes the files of int8-operators.ts into a folder, for make_int8_golden.py. After a build.
//
//   node test/run-typescript.mjs test/tflite/write-int8-operators.ts FOLDER

import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { operatorFiles } from "./int8-operators.js";

const folder = process.argv[2];
if (folder === undefined) throw new Error("name a folder");
// As built: from a bundle it would not find its child program.
const built = pathToFileURL(resolve("packages/runtime-tflite/dist/node/index.js")).href;
const { nodeTfliteRuntime } = (await import(
  /* @vite-ignore */ built
)) as typeof import("@espalier/runtime-tflite/node");
mkdirSync(folder, { recursive: true });
for (const { name, bytes } of await operatorFiles(nodeTfliteRuntime())) {
  writeFileSync(join(folder, `${name}.tflite`), bytes);
}
