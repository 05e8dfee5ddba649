// A folder with a model and its settings, as somebody downloaded it: listed one level deep and in `onnx/`, read only
// through open-below.ts, so that a link in it leads nowhere. The folder itself is the user's and may be reached
// through links.

import { closeSync, lstatSync, opendirSync, readSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { EspalierError, quoteName } from "@espalier/ir";
import { readError } from "./io-error.js";
import { openBelow } from "./open-below.js";

const WHAT = "A file of the folder";
const MODELS = "onnx";

export interface ModelFolder {
  /**
   * Everything in the folder and in its `onnx/`: files with their sizes, links as files of 0 bytes (`read` refuses
   * them), other folders under their name with a "/" at the end.
   *
   * @throws EspalierError `LIMIT_EXCEEDED` beyond `mostEntries`; `EXTERNAL_LINK` when `onnx` is a link; `IO`
   */
  list(mostEntries: number): readonly { readonly path: string; readonly bytes: number }[];
  /** @throws EspalierError `NOT_FOUND`, `EXTERNAL_LINK`, `LIMIT_EXCEEDED`, `IO` */
  read(path: string, mostBytes: number): Uint8Array;
}

/** The folder at `path`; null when there is something else. */
export function openModelFolder(path: string): ModelFolder | null {
  let root: string;
  try {
    root = realpathSync(path);
    if (!lstatSync(root).isDirectory()) return null;
  } catch {
    return null; // whoever reads it as a file says why not
  }
  return {
    list(mostEntries) {
      try {
        const top = entriesOf(root, "", mostEntries);
        const models = lstatSync(join(root, MODELS), { throwIfNoEntry: false });
        if (models?.isSymbolicLink()) throw linked(MODELS);
        if (!models?.isDirectory()) return top;
        const inside = entriesOf(join(root, MODELS), `${MODELS}/`, mostEntries - top.length);
        return [...top.filter(({ path }) => path !== `${MODELS}/`), ...inside];
      } catch (error) {
        throw readError(error, path);
      }
    },
    read(name, mostBytes) {
      try {
        return readBelow(root, name, mostBytes);
      } catch (error) {
        throw readError(error, join(path, name));
      }
    },
  };
}

function entriesOf(folder: string, prefix: string, most: number): { path: string; bytes: number }[] {
  const entries: { path: string; bytes: number }[] = [];
  const open = opendirSync(folder);
  try {
    for (let entry = open.readSync(); entry !== null; entry = open.readSync()) {
      if (entries.length >= most) throw tooMany(folder, most);
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory()) entries.push({ path: `${path}/`, bytes: 0 });
      else if (entry.isFile()) entries.push({ path, bytes: lstatSync(join(folder, entry.name)).size });
      else entries.push({ path, bytes: 0 });
    }
  } finally {
    open.closeSync();
  }
  return entries;
}

function readBelow(root: string, name: string, most: number): Uint8Array {
  const { descriptor, stat } = openBelow(root, name, WHAT);
  try {
    if (stat.size > most) {
      throw new EspalierError("LIMIT_EXCEEDED", "A file of the folder is too large", {
        where: quoteName(name),
        expected: `at most ${most} bytes`,
        found: String(stat.size),
      });
    }
    const bytes = new Uint8Array(stat.size);
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(descriptor, bytes, filled, Math.min(bytes.length - filled, 1 << 26), filled);
      if (count === 0) throw changed(name, `it ended after ${filled} of ${bytes.length} bytes`);
      filled += count;
    }
    if (readSync(descriptor, new Uint8Array(1), 0, 1, filled) > 0)
      throw changed(name, `it grew beyond ${filled} bytes`);
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}

function tooMany(folder: string, most: number): EspalierError {
  return new EspalierError("LIMIT_EXCEEDED", "The folder holds too many files", {
    limit: "entries",
    where: quoteName(folder),
    expected: `at most ${most}`,
    unblock: "Name the .onnx file itself.",
  });
}

function linked(name: string): EspalierError {
  return new EspalierError("EXTERNAL_LINK", "A folder of models must not be a link", {
    where: quoteName(name),
    unblock: "Copy the folder with its links resolved (cp -rL), or name the .onnx file itself.",
  });
}

function changed(name: string, found: string): EspalierError {
  return new EspalierError("IO", "The file changed while it was read", { where: quoteName(name), found });
}
