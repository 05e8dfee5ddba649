// The model to deploy: its bytes and, beside it, its external data.

import { dirname } from "node:path";
import { modelBytes, type Runtime } from "@espalier/core";
import { type ExternalData, readModel } from "@espalier/ir";
import { externalDataIn, readModelFile } from "@espalier/runtime-node";

export interface Source {
  /** Absolute. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly external: ExternalData;
}

export async function readSource(path: string, signal: AbortSignal): Promise<Source> {
  return {
    path,
    bytes: await readModelFile(path, undefined, signal),
    external: externalDataIn(dirname(path)),
  };
}

/** The runtime, measuring the source with its external data: a target knows the file by its bytes only. */
export function measuringInOnePiece(runtime: Runtime, { bytes, external }: Source): Runtime {
  let opened = false;
  const open: ExternalData["open"] = (location) => {
    opened = true;
    return external.open(location);
  };
  const model = readModel(bytes, { external: { open } });
  if (!opened) return runtime;
  const whole = modelBytes(model);
  return {
    ...runtime,
    measureLatency: ({ models, ...request }) => {
      const complete = Object.entries(models).map(([label, one]) => [
        label,
        one.bytes === bytes ? { bytes: whole } : one,
      ]);
      return runtime.measureLatency({ ...request, models: Object.fromEntries(complete) });
    },
  };
}
