// An interpreter's files as a site serves them, for the workers of a page.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LITERT_BUILDS, TFJS_BUILD } from "../engine/build-names.js";
import type { TfliteEngineName } from "../engine/engine-name.js";
import { engineMissing } from "./child-program.js";
import { engineFolder } from "./engine-files.js";
import { asModule } from "./script-as-module.js";

export interface EngineSite {
  /** Have to lie in the folder of the worker's script. */
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** Of those, what a browser fetches that has all an engine can use. */
  readonly fetched: readonly string[];
  /** Whether its worker makes functions from text: its policy has to allow 'unsafe-eval'. */
  readonly evaluates: boolean;
}

/** The first is for browsers that have all of it. */
const BUILDS: Readonly<Record<TfliteEngineName, readonly string[]>> = {
  litert: [LITERT_BUILDS.relaxed, LITERT_BUILDS.plain],
  tfjs: [TFJS_BUILD],
};

/** @throws EspalierError `UNAVAILABLE` where the interpreter's package is not installed */
export async function engineSite(engine: TfliteEngineName): Promise<EngineSite> {
  const files: { path: string; bytes: Uint8Array }[] = [];
  try {
    const folder = engineFolder(engine);
    for (const name of BUILDS[engine]) {
      const script = asModule(await readFile(join(folder, `${name}.js`), "utf8"));
      const wasm = await readFile(join(folder, `${name}.wasm`));
      files.push({ path: `${name}.js`, bytes: new TextEncoder().encode(script) });
      files.push({ path: `${name}.wasm`, bytes: new Uint8Array(wasm) });
    }
  } catch (error) {
    throw engineMissing(engine, error);
  }
  return { files, fetched: files.slice(0, 2).map(({ path }) => path), evaluates: engine === "tfjs" };
}
