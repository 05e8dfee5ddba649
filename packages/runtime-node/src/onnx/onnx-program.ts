// The program of a child process that computes with ONNX Runtime.

import { fileURLToPath } from "node:url";
import type { ChildProgram } from "../child/model-process.js";
import { runtimeMissingError } from "./runtime-missing.js";

/** The built file; tests run this module from its source, which Node cannot start. */
const built: string = import.meta.url.replace(/\/src\/onnx\/[^/]+\.ts$/, "/dist/onnx/onnx-program.js");

export const onnxProgram: ChildProgram = {
  path: fileURLToPath(new URL("../child/child-main.js", built)),
  missing: runtimeMissingError,
};
