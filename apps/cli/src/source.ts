// A model named on the command line: its bytes and, beside it, its external data.

import { dirname } from "node:path";
import type { ExternalData } from "@espalier/ir";
import type { Engine } from "./engine.js";
import { asInputError } from "./exit-codes.js";

export interface Source {
  /** Absolute. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly external: ExternalData;
}

export async function readSource(engine: Engine, path: string, signal?: AbortSignal): Promise<Source> {
  const bytes = await engine.readModelFile(path, undefined, signal).catch((error) => {
    throw asInputError(error);
  });
  return { path, bytes, external: engine.externalDataIn(dirname(path)) };
}
