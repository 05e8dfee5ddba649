// The input card beside a model, which goes along with it.

import { existsSync } from "node:fs";
import { inputCardPath, readInputCard } from "@espalier/interchange";
import { readModelFile } from "@espalier/runtime-node";

/**
 * The card that lies beside a model, byte for byte, and checked; null where there is none.
 *
 * @throws EspalierError `INVALID_CARD` with a JSON pointer in `where`; reading errors
 */
export async function cardBeside(modelPath: string): Promise<Uint8Array | null> {
  const path = inputCardPath(modelPath);
  if (!existsSync(path)) return null;
  const bytes = await readModelFile(path);
  readInputCard(bytes);
  return bytes;
}
