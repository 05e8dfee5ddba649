// The files beside a model that hold its weights. Their names come from the model, so nothing but a regular
// file with one link, strictly below the folder, is opened: no links anywhere on the way, checked before
// and after opening, and everything is read from that one descriptor. The idea of the layers is ONNX's
// (docs/ExternalDataSecurity.md); Node has no openat2, so on Linux the kernel is asked where the open file lies.

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
} from "node:fs";
import { join } from "node:path";
import {
  EspalierError,
  type ExternalData,
  type ExternalFile,
  enforceLimit,
  type Limits,
  NODE_LIMITS,
  quoteName,
} from "@espalier/ir";
import { readError } from "./io-error.js";

const LARGEST_READ = 64 * 1024 * 1024;

/** Holds descriptors open until it is closed. */
export interface ExternalFolder extends ExternalData {
  close(): void;
}

/**
 * External data below `folder`, which is the user's and may itself be reached through links.
 *
 * @throws EspalierError from `open`: `EXTERNAL_MISSING`, `EXTERNAL_PATH`, `EXTERNAL_LINK`, `LIMIT_EXCEEDED`;
 * from `read`: `EXTERNAL_RANGE`, `IO`
 */
export function externalDataIn(folder: string, limits: Limits = NODE_LIMITS): ExternalFolder {
  const files = new Map<string, { file: ExternalFile; descriptor: number }>();
  let root: string | undefined;
  let totalBytes = 0;
  return {
    open(location) {
      const known = files.get(location);
      if (known !== undefined) return known.file;
      try {
        root ??= realpathSync(folder);
        const { descriptor, stat } = openBelow(root, location);
        totalBytes += stat.size;
        const file = { byteLength: stat.size, read: readerOf(descriptor, stat.size, location) };
        files.set(location, { file, descriptor });
        enforceLimit(limits, "externalBytes", totalBytes, quoteName(location));
        return file;
      } catch (error) {
        if (isMissing(error)) throw missing(location, error);
        throw readError(error, join(folder, location));
      }
    },
    close() {
      for (const { descriptor } of files.values()) closeSync(descriptor);
      files.clear();
    },
  };
}

function openBelow(root: string, location: string): { descriptor: number; stat: Stats } {
  const segments = checkedSegments(location);
  const path = join(root, ...segments);
  let before = lstatSync(root);
  for (let depth = 1; depth <= segments.length; depth++) {
    const place = join(root, ...segments.slice(0, depth));
    before = lstatSync(place);
    if (before.isSymbolicLink()) throw linked(location, `${quoteName(place)} is a symbolic link`);
    if (depth < segments.length && !before.isDirectory()) throw missing(location);
  }
  if (!before.isFile()) throw linked(location, "not a regular file");

  const descriptor = openSync(
    path,
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY,
  );
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw linked(location, "not a regular file");
    if (stat.nlink !== 1) throw linked(location, `${stat.nlink} links`);
    if (stat.dev !== before.dev || stat.ino !== before.ino)
      throw linked(location, "it was replaced meanwhile");
    const opened = whereIs(descriptor);
    if (opened !== null && opened !== path) throw linked(location, "it was reached through a link");
    return { descriptor, stat };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Where the kernel says the open file lies; null where it does not say. */
function whereIs(descriptor: number): string | null {
  if (process.platform !== "linux") return null;
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return null; // no /proc
  }
}

/** The model reader has refused bad names already; this is the second lock on the same door. */
function checkedSegments(location: string): string[] {
  const segments = location.split("/");
  const bad = segments.some((segment) => segment === "" || segment === "." || segment === "..");
  if (bad || /[\\:\0]/.test(location)) {
    throw new EspalierError("EXTERNAL_PATH", "External data is not below the model's folder", {
      expected: "a relative path of plain names",
      found: quoteName(location),
    });
  }
  return segments;
}

function readerOf(descriptor: number, size: number, location: string): ExternalFile["read"] {
  return (offset, length) => {
    if (!(offset >= 0 && length >= 0 && offset <= size && length <= size - offset)) {
      throw new EspalierError("EXTERNAL_RANGE", "External data lies outside its file", {
        where: quoteName(location),
        expected: `at most ${size} bytes`,
        found: `${length} bytes at ${offset}`,
      });
    }
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length; ) {
      const wanted = Math.min(LARGEST_READ, length - filled);
      const count = readOnce(descriptor, bytes, filled, wanted, offset + filled, location);
      if (count === 0) {
        throw new EspalierError("EXTERNAL_RANGE", "The external data ended while it was read", {
          where: quoteName(location),
          expected: `${length} bytes at ${offset}`,
          found: `${filled} bytes`,
        });
      }
      filled += count;
    }
    return bytes;
  };
}

function readOnce(
  descriptor: number,
  bytes: Uint8Array,
  filled: number,
  length: number,
  position: number,
  location: string,
): number {
  try {
    return readSync(descriptor, bytes, filled, length, position);
  } catch (error) {
    throw readError(error, location);
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}

function missing(location: string, cause?: unknown): EspalierError {
  return new EspalierError(
    "EXTERNAL_MISSING",
    "The model keeps weights in a file that is not there",
    { where: quoteName(location), unblock: "Put it beside the model, under this name." },
    { cause },
  );
}

function linked(location: string, found: string): EspalierError {
  return new EspalierError("EXTERNAL_LINK", "External data must be a regular file with one link", {
    where: quoteName(location),
    found,
    unblock: "Replace the link by a copy of the file.",
  });
}
