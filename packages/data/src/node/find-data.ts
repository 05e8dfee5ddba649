// Finds the files of data sets: in the user's folder, in the cache, or where they are published.

import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EspalierError, isEspalierError } from "@espalier/ir";
import { type DataPlace, dataFolderOf, downloadFolderOf } from "./data-place.js";
import { answersOf, download, sha256 } from "./download.js";
import type { PublishedFile } from "./published-file.js";
import { readFileIfThere } from "./read-file.js";
import { unpack } from "./unpack.js";

/** The first of `paths` below the user's folder that is there, unpacked where it ends in .gz; null for none. */
export async function readFromFolder(
  place: DataPlace,
  paths: readonly string[],
  most: number,
): Promise<Uint8Array | null> {
  const folder = dataFolderOf(place);
  if (folder === null) return null;
  for (const path of paths) {
    // gzip never makes a file of this kind longer by more than its headers and a few bytes for every 16 KiB.
    const packed = path.endsWith(".gz");
    const bytes = await readFileIfThere(join(folder, path), packed ? Math.ceil(most * 1.001) + 1024 : most);
    if (bytes !== null) return packed ? unpack(bytes, most, path) : bytes;
  }
  return null;
}

export interface Wanted {
  /** As people call it: "MNIST". */
  readonly set: string;
  /** The built-in set that does as well without any file. */
  readonly builtIn: string;
}

/**
 * A published file, from the cache or downloaded; what is in the cache is compared with its digest, and fetched anew
 * where it differs.
 *
 * @throws EspalierError `DATA_MISSING`, `ABORTED`
 */
export async function readPublished(
  place: DataPlace,
  file: PublishedFile,
  wanted: Wanted,
): Promise<Uint8Array> {
  const folder = downloadFolderOf(place);
  const kept = folder === null ? null : join(folder, file.path);
  if (kept !== null) {
    const bytes = await readFileIfThere(kept, file.bytes).catch(() => null);
    if (bytes !== null && bytes.length === file.bytes && sha256(bytes) === file.sha256) return bytes;
  }
  if (place.download === false)
    throw missing(place, file, wanted, "none of them, and it may not be downloaded");
  const { signal, onProgress } = place;
  const bytes = await download(file, {
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  }).catch((error) => {
    if (!isEspalierError(error, "DOWNLOAD_FAILED")) throw error;
    throw missing(place, file, wanted, `no download: ${answersOf(error)}`, error);
  });
  if (kept !== null) await keep(kept, bytes);
  return bytes;
}

/** Appears whole or not at all. A cache that cannot be written is none. */
async function keep(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.new`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, bytes, { flag: "wx" });
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

function missing(
  place: DataPlace,
  file: Pick<PublishedFile, "path">,
  { set, builtIn }: Wanted,
  found: string,
  cause?: unknown,
): EspalierError {
  const folder = dataFolderOf(place);
  const cache = downloadFolderOf(place);
  const looked = [folder ?? "ESPALIER_DATA (not set)", ...(cache === null ? [] : [cache])];
  return new EspalierError(
    "DATA_MISSING",
    `${set} is not here`,
    {
      where: file.path,
      expected: `the file in ${looked.join(" or in ")}, or a download`,
      found,
      unblock: `Set ESPALIER_DATA to a folder that has it, or use the built-in set "${builtIn}", which needs no file.`,
    },
    { cause },
  );
}
