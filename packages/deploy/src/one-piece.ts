// The runtime, measuring the source with its external data: a target knows the file by its bytes only.

import { modelBytes, type Runtime } from "@espalier/core";
import { type ExternalData, readModel } from "@espalier/ir";

export function measuringInOnePiece(
  runtime: Runtime,
  { bytes, external }: { readonly bytes: Uint8Array; readonly external: ExternalData },
): Runtime {
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
