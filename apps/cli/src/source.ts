// A model named on the command line, by its file or by the Hugging Face folder it lies in: its bytes and, beside it,
// its external data.

import { basename, dirname, join } from "node:path";
import { asInputError } from "@espalier/deploy";
import type { ModelChoice } from "@espalier/interchange";
import { type ExternalData, NODE_LIMITS } from "@espalier/ir";
import type { Engine } from "./engine.js";
import { openSourceFolder, type SourceFolder } from "./layout/source-folder.js";

export interface Source {
  /** Absolute, of the ONNX file. */
  readonly path: string;
  /** What plans and receipts call it: its base name, or its path within its Hugging Face folder. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly external: ExternalData;
  /** null where the file itself was named. */
  readonly folder: SourceFolder | null;
}

/** @param choice which network of a folder is meant, where it holds several */
export async function readSource(
  engine: Engine,
  path: string,
  signal?: AbortSignal,
  choice: ModelChoice = {},
): Promise<Source> {
  try {
    const folder = openSourceFolder(engine, path, choice);
    if (folder !== null) return sourceOf(engine, folder);
    const bytes = await engine.readModelFile(path, undefined, signal);
    return { path, name: basename(path), bytes, external: engine.externalDataIn(dirname(path)), folder };
  } catch (error) {
    throw asInputError(error);
  }
}

function sourceOf(engine: Engine, folder: SourceFolder): Source {
  const { path: name } = folder.model;
  const path = join(folder.path, name);
  const bytes = folder.read(name, NODE_LIMITS.fileBytes);
  return { path, name, bytes, external: engine.externalDataIn(dirname(path)), folder };
}
