// Checkpoints in a folder. Each is a file of its own, `<name>-<number>.<ending>`, written beside its place, made durable
// and renamed; only then is the one before the last removed. So whenever the process or the machine stops, the last or
// the last but one lies there whole. One process at a time writes under a name.

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import type { CheckpointStore } from "@espalier/core";
import { readError } from "./io-error.js";
import { sweepTemporaries } from "./temporaries.js";
import { writeFileAtomically } from "./write-output.js";

const PLAIN = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;
const DIGITS = 8;

/** A store in `folder`, which is made when something is written. */
export function folderCheckpoints(folder: string): CheckpointStore {
  return {
    async write(name, bytes) {
      const place = placeOf(folder, name);
      const numbers = numbersOf(place);
      const path = pathOf(place, (numbers[0] ?? 0) + 1);
      // Whoever was stopped while writing this number is gone: it would be there otherwise.
      sweepTemporaries(path, { olderThanMs: 0 });
      await writeFileAtomically(path, [bytes]);
      for (const old of numbers.slice(1)) removeQuietly(pathOf(place, old));
    },
    async read(name, age) {
      const place = placeOf(folder, name);
      const number = numbersOf(place)[age];
      if (number === undefined) return null;
      const path = pathOf(place, number);
      try {
        return new Uint8Array(readFileSync(path));
      } catch (error) {
        throw readError(error, path);
      }
    },
  };
}

interface Place {
  readonly folder: string;
  readonly stem: string;
  readonly ending: string;
}

function placeOf(folder: string, name: string): Place {
  if (!PLAIN.test(name) || name.split("/").some((part) => part === "." || part === ".."))
    throw new Error(`"${name}" is no name for a checkpoint`);
  const path = join(folder, ...name.split("/"));
  const ending = extname(path);
  return { folder: dirname(path), stem: basename(path, ending), ending };
}

function pathOf({ folder, stem, ending }: Place, number: number): string {
  return join(folder, `${stem}-${String(number).padStart(DIGITS, "0")}${ending}`);
}

/** Those that are there, the newest first. */
function numbersOf({ folder, stem, ending }: Place): number[] {
  return namesIn(folder)
    .filter((name) => name.startsWith(`${stem}-`) && name.endsWith(ending))
    .map((name) => name.slice(stem.length + 1, name.length - ending.length))
    .filter((digits) => /^\d{8,15}$/.test(digits))
    .map(Number)
    .sort((a, b) => b - a);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw readError(error, folder);
  }
}

/** One too many does no harm; the next write tries again. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // stays
  }
}
