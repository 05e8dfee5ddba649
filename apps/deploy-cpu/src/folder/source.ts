// The model to deploy: its bytes and, beside it, its external data.

import { dirname } from "node:path";
import { asInputError } from "@espalier/deploy";
import type { ExternalData } from "@espalier/ir";
import { externalDataIn, readModelFile } from "@espalier/runtime-node";

export interface Source {
  /** Absolute. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly external: ExternalData;
}

export async function readSource(path: string, signal: AbortSignal): Promise<Source> {
  const bytes = await readModelFile(path, undefined, signal).catch((error) => {
    throw asInputError(error);
  });
  return { path, bytes, external: externalDataIn(dirname(path)) };
}
