// The program of a child process that computes with a TFLite interpreter.

import { fileURLToPath } from "node:url";
import { escapeMessage } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import type { ChildProgram } from "@espalier/runtime-node/child";
import { ENGINES, type TfliteEngineName } from "../engine/engine-name.js";

/** The built file; tests run this module from its source, which Node cannot start. */
const built: string = import.meta.url.replace(/\/src\/node\/[^/]+\.ts$/, "/dist/node/child-program.js");

export function childProgram(engine: TfliteEngineName): ChildProgram {
  return {
    path: fileURLToPath(new URL("./child-main.js", built)),
    arguments: [engine],
    missing: (cause) => engineMissing(engine, cause),
  };
}

/** The error where the package of an interpreter is missing or broken. */
export function engineMissing(engine: TfliteEngineName, cause: unknown): EspalierError {
  const { package: name, title, version } = ENGINES[engine];
  return new EspalierError(
    "UNAVAILABLE",
    `${title} is not installed or does not load`,
    {
      found: escapeMessage(cause instanceof Error ? cause.message : String(cause)),
      unblock: `Install it with: npm i ${name}@${version}`,
    },
    { cause },
  );
}
