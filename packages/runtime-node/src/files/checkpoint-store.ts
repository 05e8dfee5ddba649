// Checkpoints in a folder. Each is a file of its own, `<name>-<number>.<ending>`, written beside its place, made durable
// and renamed; only then is the one before the last removed. So whenever the process or the machine stops, the last or
// the last but one lies there whole. One process at a time writes under a name.

import { type Dirent, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import type { CheckpointStore } from "@espalier/core";
import { readError } from "./io-error.js";
import { FILE_BROWSER_FILES } from "./output-target.js";
import { isTemporary, sweepTemporaries } from "./temporaries.js";
import { writeFileAtomically } from "./write-output.js";

const PLAIN = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;
const DIGITS = 8;

/** What else can be asked of a store that is a folder; the names are plain ones, without "/". */
export interface FolderCheckpoints extends CheckpointStore {
  /** Whether there is a checkpoint of one of these names. @throws EspalierError `IO` */
  has(names: readonly string[]): boolean;
  /**
   * What lies here and is no checkpoint of these names: the first of it, "." where the folder is none; null for nothing.
   *
   * @throws EspalierError `IO`
   */
  foreign(names: readonly string[]): string | null;
  /** Removes the checkpoints of these names, and the folder where it is empty then. What cannot be removed stays. */
  remove(names: readonly string[]): void;
}

/** A store in `folder`, which is made when something is written. */
export function folderCheckpoints(folder: string): FolderCheckpoints {
  return {
    has: (names) => names.some((name) => numbersOf(placeOf(folder, name)).length > 0),
    foreign(names) {
      const stat = lstatSync(folder, { throwIfNoEntry: false });
      if (stat === undefined) return null;
      if (!stat.isDirectory()) return ".";
      const places = names.map((name) => placeOf(folder, name));
      const left = (entry: Dirent): boolean =>
        !(entry.isFile() && (isOurs(entry.name, places) || FILE_BROWSER_FILES.includes(entry.name)));
      return entriesOf(folder).find(left)?.name ?? null;
    },
    remove(names) {
      const places = names.map((name) => placeOf(folder, name));
      try {
        for (const entry of entriesOf(folder))
          if (entry.isFile() && isOurs(entry.name, places)) rmSync(join(folder, entry.name), { force: true });
        rmdirSync(folder);
      } catch {
        // Something else lies there, or it is not ours to remove.
      }
    },
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
function numbersOf(place: Place): number[] {
  return entriesOf(place.folder)
    .map(({ name }) => numberIn(name, place))
    .filter((number) => number !== null)
    .sort((a, b) => b - a);
}

/** The number in the name of a checkpoint; null for another name. */
function numberIn(name: string, { stem, ending }: Place): number | null {
  if (!name.startsWith(`${stem}-`) || !name.endsWith(ending)) return null;
  const digits = name.slice(stem.length + 1, name.length - ending.length);
  return /^\d{8,15}$/.test(digits) ? Number(digits) : null;
}

function isOurs(name: string, places: readonly Place[]): boolean {
  return isTemporary(name) || places.some((place) => numberIn(name, place) !== null);
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
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
