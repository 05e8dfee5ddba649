// A model named on the command line: its bytes and, beside it, its external data.

import { dirname } from "node:path";
import { modelBytes } from "@espalier/core";
import { type ExternalData, readModel } from "@espalier/ir";
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

/** The model in one piece, as a runtime that is given bytes needs it: external data moved inside. */
export function inOnePiece({ bytes, external }: Source): Uint8Array {
  let opened = false;
  const model = readModel(bytes, {
    external: {
      open: (location) => {
        opened = true;
        return external.open(location);
      },
    },
  });
  return opened ? modelBytes(model) : bytes;
}
