// The files that are served: those that the receipt of a deployed folder lists, and the receipt. Names come from this
// table, never from a request; bytes that are not the receipt's are not served.

import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { readReceipt } from "@espalier/core";
import { EspalierError, NODE_LIMITS, quoteName } from "@espalier/ir";
import { type ModelFolder, nodeHost, openModelFolder, readModelFile } from "@espalier/runtime-node";

export interface ServedFile {
  /** In the folder, with "/". */
  readonly path: string;
  readonly type: string;
  readonly etag: string;
  /** Read on first request, and checked. */
  body(): Promise<Uint8Array>;
  /** null where compressing is of no use. */
  gzipped(): Promise<Uint8Array | null>;
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  json: "application/json; charset=utf-8",
  svg: "image/svg+xml",
  wasm: "application/wasm",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
};
const COMPRESSED = /^(png|jpe?g|webp|gif)$/;
const LEAST_GZIPPED = 1024;
const RECEIPT = "receipt.json";

const compress = promisify(gzip);

/**
 * By path.
 *
 * @param program name of the one that writes such folders
 * @throws EspalierError `NOT_FOUND`, `INVALID_RECEIPT`, `INVALID_OPTION` when it holds no pages
 */
export async function openFileTable(
  folder: string,
  program: string,
): Promise<ReadonlyMap<string, ServedFile>> {
  const bytes = await readModelFile(join(folder, RECEIPT));
  const receipt = readReceipt(bytes);
  const opened = openModelFolder(folder);
  if (opened === null)
    throw new EspalierError("NOT_FOUND", "There is no such folder", { where: quoteName(folder) });
  const files = receipt.files.map(({ path, sha256 }) =>
    servedFile(path, sha256, () => readListed(opened, path, sha256)),
  );
  const digest = await nodeHost().sha256(bytes);
  files.push(servedFile(RECEIPT, digest, async () => bytes));
  const table = new Map(files.map((file) => [file.path, file]));
  if (!table.has("index.html"))
    throw new EspalierError("INVALID_OPTION", "The folder holds no pages", {
      where: quoteName(folder),
      unblock: `Write it with: npm run -s ${program} -- deploy MODEL --out DIR`,
    });
  return table;
}

function servedFile(path: string, sha256: string, read: () => Promise<Uint8Array>): ServedFile {
  const ending = path.split(".").at(-1) ?? "";
  let body: Promise<Uint8Array> | null = null;
  let gzipped: Promise<Uint8Array | null> | null = null;
  const once = (): Promise<Uint8Array> => {
    body ??= read();
    return body;
  };
  return {
    path,
    type: TYPES[ending] ?? "application/octet-stream",
    etag: `"${sha256.slice(0, 32)}"`,
    body: once,
    gzipped: () => {
      gzipped ??= once().then((bytes) =>
        COMPRESSED.test(ending) || bytes.byteLength < LEAST_GZIPPED ? null : compress(bytes),
      );
      return gzipped;
    },
  };
}

async function readListed(folder: ModelFolder, path: string, sha256: string): Promise<Uint8Array> {
  const bytes = folder.read(path, NODE_LIMITS.fileBytes);
  const found = await nodeHost().sha256(bytes);
  if (found !== sha256)
    throw new EspalierError("MISMATCH", "A file is not the one that the receipt speaks of", {
      where: quoteName(path),
      expected: sha256,
      found,
      unblock: "Deploy the network anew.",
    });
  return bytes;
}
