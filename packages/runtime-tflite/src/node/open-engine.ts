// An interpreter in this process. Their scripts are CommonJS in packages of which one says that it is not, so they are
// compiled here.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { compileFunction } from "node:vm";
import type { TfliteEngine } from "../engine/engine.js";
import type { EngineLog } from "../engine/engine-log.js";
import type { TfliteEngineName } from "../engine/engine-name.js";
import { type LiteRtModule, liteRtEngine } from "../engine/lite-rt.js";
import { type TfjsTfliteModule, tfjsTfliteEngine } from "../engine/tfjs-tflite.js";
import { engineFolder, NODE_BUILDS } from "./engine-files.js";

/** What the script of Emscripten exports. */
type ModuleFactory = (settings: {
  readonly wasmBinary: Uint8Array;
  readonly print: EngineLog["print"];
  readonly printErr: EngineLog["print"];
}) => Promise<unknown>;

/** @throws Error where its package is not installed */
export async function openEngine(engine: TfliteEngineName, print: EngineLog["print"]): Promise<TfliteEngine> {
  const base = join(engineFolder(engine), NODE_BUILDS[engine].name);
  const factory = await loadScript(`${base}.js`);
  const module = await factory({ wasmBinary: await readFile(`${base}.wasm`), print, printErr: print });
  return engine === "litert"
    ? liteRtEngine(module as LiteRtModule)
    : tfjsTfliteEngine(module as TfjsTfliteModule);
}

async function loadScript(path: string): Promise<ModuleFactory> {
  const module: { exports: unknown } = { exports: {} };
  const parameters = ["exports", "module", "require", "__dirname", "__filename"];
  const run = compileFunction(await readFile(path, "utf8"), parameters, { filename: path });
  run(module.exports, module, createRequire(path), dirname(path), path);
  return module.exports as ModuleFactory;
}
