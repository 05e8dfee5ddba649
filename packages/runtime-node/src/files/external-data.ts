// The files beside a model that hold its weights. Their names come from the model: open-below.ts opens them.

import { closeSync, readSync, realpathSync } from "node:fs";
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
import { openBelow } from "./open-below.js";

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
        const { descriptor, stat } = openBelow(root, location, "External data");
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
