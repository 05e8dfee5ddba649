// Reads a file that is there or not, of a bounded size.

import { open } from "node:fs/promises";
import { EspalierError, quoteName } from "@espalier/ir";

/** null where there is none. @throws EspalierError `LIMIT_EXCEEDED`, `IO` */
export async function readFileIfThere(path: string, most: number): Promise<Uint8Array | null> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw unreadable(path, error);
  });
  if (file === null) return null;
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) return null;
    if (stat.size > most)
      throw new EspalierError("LIMIT_EXCEEDED", "The file is larger than it can be", {
        where: quoteName(path),
        limit: "bytes",
        expected: `at most ${most} bytes`,
        found: `${stat.size} bytes`,
      });
    const { buffer, byteOffset, byteLength } = await file.readFile();
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    throw error instanceof EspalierError ? error : unreadable(path, error as NodeJS.ErrnoException);
  } finally {
    await file.close();
  }
}

function unreadable(path: string, cause: NodeJS.ErrnoException): EspalierError {
  return new EspalierError(
    "IO",
    "The file cannot be read",
    { where: quoteName(path), found: cause.message },
    { cause },
  );
}
