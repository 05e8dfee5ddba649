// Stops long work between two of its steps.

import { EspalierError } from "@espalier/ir";

/** @throws EspalierError `ABORTED` once the signal is */
export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new EspalierError("ABORTED", "The work was cancelled", {}, { cause: signal.reason });
}
