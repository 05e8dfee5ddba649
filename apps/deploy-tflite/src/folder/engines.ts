// The interpreters: what the page offers, and what proves and measures.

import type { Runtime, SizeBytes } from "@espalier/core";
import { isEspalierError } from "@espalier/ir";
import { type BundledFile, EVALUATING_FOLDER } from "@espalier/page/node";
import { nodeHost } from "@espalier/runtime-node";
import type { TfliteEngineName } from "@espalier/runtime-tflite";
import {
  chromiumTfliteRuntime,
  type EngineSite,
  engineSite,
  nodeTfliteRuntime,
} from "@espalier/runtime-tflite/node";
import { onnxOnTflite } from "@espalier/tflite";

/** An interpreter as the folder holds it. */
export interface FolderEngine {
  readonly name: TfliteEngineName;
  /** With its "/". */
  readonly folder: string;
  readonly files: readonly BundledFile[];
  /** What a visitor fetches once. */
  readonly size: SizeBytes;
}

/**
 * The interpreters that were asked for, or LiteRT.js, and tfjs-tflite where it is installed.
 *
 * @throws EspalierError `UNAVAILABLE` where one that was asked for is not installed
 */
export async function openFolderEngines(asked: readonly TfliteEngineName[] | null): Promise<FolderEngine[]> {
  if (asked !== null)
    return Promise.all(asked.map(async (name) => folderEngine(name, await engineSite(name))));
  const older = await engineSite("tfjs").catch((error) => {
    if (isEspalierError(error, "UNAVAILABLE")) return null;
    throw error;
  });
  const first = await folderEngine("litert", await engineSite("litert"));
  return older === null ? [first] : [first, await folderEngine("tfjs", older)];
}

async function folderEngine(name: TfliteEngineName, site: EngineSite): Promise<FolderEngine> {
  const folder = `${site.evaluates ? EVALUATING_FOLDER : "engines/"}${name}/`;
  const files = site.files.map(({ path, bytes }) => ({ path: folder + path, bytes }));
  const fetched = site.files.filter(({ path }) => site.fetched.includes(path)).map(({ bytes }) => bytes);
  const raw = fetched.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let gzip: number | null = 0;
  for (const bytes of fetched) {
    const size: number | null = (await nodeHost().gzipSize?.([bytes])) ?? null;
    gzip = gzip === null || size === null ? null : gzip + size;
  }
  // The brotli of an engine takes many seconds.
  return { name, folder, files, size: { raw, gzip, brotli: null } };
}

/** What proves the file, and whether its times are those of a browser. */
export interface OpenInterpreter {
  readonly deployment: Runtime;
  readonly measures: boolean;
  close(): Promise<void>;
}

/** @throws EspalierError `UNAVAILABLE` where a Chromium is wanted and there is none */
export async function openInterpreter(engine: TfliteEngineName, browser: boolean): Promise<OpenInterpreter> {
  const runtime = browser ? await chromiumTfliteRuntime({ engine }) : nodeTfliteRuntime({ engine });
  return { deployment: onnxOnTflite(runtime), measures: browser, close: () => runtime.close() };
}
