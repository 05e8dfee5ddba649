// Finds the newest checkpoint that is whole.

import type { CheckpointStore, Host } from "@espalier/core";
import { EspalierError, isEspalierError } from "@espalier/ir";
import { type Checkpoint, decodeCheckpoint } from "./checkpoint.js";

/**
 * The newest checkpoint under a name, or the one before it where that is damaged.
 *
 * @returns null where none was ever written
 * @throws EspalierError `INVALID_CHECKPOINT` where what lies there is damaged, both; `UNSUPPORTED_VERSION`
 */
export async function newestCheckpoint(
  store: CheckpointStore,
  name: string,
  host: Pick<Host, "sha256">,
): Promise<Checkpoint | null> {
  let damage: unknown = null;
  for (const age of [0, 1] as const) {
    const bytes = await store.read(name, age);
    if (bytes === null) continue;
    try {
      return await decodeCheckpoint(bytes, host);
    } catch (error) {
      if (!isEspalierError(error) || error.code === "UNSUPPORTED_VERSION") throw error;
      damage ??= error;
    }
  }
  if (damage === null) return null;
  throw new EspalierError(
    "INVALID_CHECKPOINT",
    "No checkpoint of the run is whole",
    { where: name, unblock: "Remove them to begin anew." },
    { cause: damage },
  );
}
