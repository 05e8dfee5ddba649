// The interpreters as built, for commands that run from a bundle: from there they would not find their child program.

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

type Opens = typeof import("@espalier/runtime-tflite/node").nodeTfliteRuntime;

/** After a build, from the repository's root. */
export async function builtTfliteRuntime(): Promise<Opens> {
  const built = pathToFileURL(resolve("packages/runtime-tflite/dist/node/index.js")).href;
  const { nodeTfliteRuntime } = (await import(
    /* @vite-ignore */ built
  )) as typeof import("@espalier/runtime-tflite/node");
  return nodeTfliteRuntime;
}
