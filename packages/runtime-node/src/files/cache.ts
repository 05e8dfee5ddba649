// The cache of this user: `$ESPALIER_CACHE`, else `espalier` in the system's folder for caches. What cannot be read
// or written is not there: nothing in it is needed.

import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { type Cache, cacheFolderParts } from "@espalier/core";

const MOST_BYTES = 64 * 1024 * 1024;
const PLAIN = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;

/** The folder that caches live in. */
export function cacheFolder(): string {
  return join(...cacheFolderParts({ env: process.env, platform: process.platform, home: homedir() }));
}

/** A cache in `folder`. Files appear whole or not at all. */
export function folderCache(folder: string): Cache {
  return {
    async read(name) {
      try {
        const path = pathOf(folder, name);
        if (!statSync(path).isFile() || statSync(path).size > MOST_BYTES) return null;
        return new Uint8Array(readFileSync(path));
      } catch {
        return null;
      }
    },
    async write(name, bytes) {
      const path = pathOf(folder, name);
      const temporary = `${path}.${randomBytes(6).toString("hex")}.new`;
      try {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(temporary, bytes);
        renameSync(temporary, path);
      } catch {
        removeQuietly(temporary);
      }
    },
  };
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // where nothing can be written, nothing was
  }
}

function pathOf(folder: string, name: string): string {
  if (!PLAIN.test(name) || name.split("/").some((part) => part === "." || part === ".."))
    throw new Error(`"${name}" is no name for a cached file`);
  return join(folder, ...name.split("/"));
}
