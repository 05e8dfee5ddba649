// Writes files so that they survive a power cut: exclusive creation, all bytes, fsync. Between pieces the
// event loop gets a turn, so that a signal or an abort is heard.

import { closeSync, constants, fsyncSync, openSync, writeSync } from "node:fs";

const PIECE = 4 * 1024 * 1024;
const PIECES_PER_TURN = 4;

/** Creates `path`, which must not exist, with the bytes of `chunks` one after another. */
export async function writeDurably(
  path: string,
  chunks: readonly Uint8Array[],
  check: () => void,
): Promise<void> {
  const descriptor = openSync(path, "wx");
  try {
    let position = 0;
    let pieces = 0;
    for (const chunk of chunks) {
      for (let offset = 0; offset < chunk.byteLength; ) {
        const length = Math.min(PIECE, chunk.byteLength - offset);
        const written = writeSync(descriptor, chunk, offset, length, position);
        offset += written;
        position += written;
        pieces += 1;
        if (pieces % PIECES_PER_TURN === 0) await nextTurn(check);
      }
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  await nextTurn(check);
}

/** Makes the entries of a folder durable. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return; // folders cannot be opened there
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some file systems cannot sync a folder; it is not that the sync failed.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EINVAL" && code !== "ENOTSUP") throw error;
  } finally {
    closeSync(descriptor);
  }
}

async function nextTurn(check: () => void): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  check();
}
