// Temporary names beside an output, and what to do with those that a killed run left behind. A name says
// whose it is: a digest of the output's name, the process and chance. Only what carries our form and the
// digest of the same output is ever touched.

import { createHash, randomBytes } from "node:crypto";
import { existsSync, lstatSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const HOUR_MS = 60 * 60 * 1000;
const FORM = /^\.espalier-([0-9a-f]{12})-(\d{1,10})-[0-9a-f]{12}\.(new|old|gone)$/;

/** `new`: being written. `old`: whole, moved aside. `gone`: being removed. */
export type TemporaryKind = "new" | "old" | "gone";

/** A fresh name beside `target`. */
export function temporaryBeside(target: string, kind: TemporaryKind): string {
  const random = randomBytes(6).toString("hex");
  return join(dirname(target), `.espalier-${digestOf(target)}-${process.pid}-${random}.${kind}`);
}

/**
 * Clears up after runs that were killed while writing `target`. Removes their temporaries when they are older
 * than an hour and their process is gone (process ids of other machines look dead, hence the hour). Where a
 * run died between moving the old output aside and moving the new one in, the old one is put back at once.
 */
export function sweepTemporaries(
  target: string,
  { olderThanMs = HOUR_MS }: { olderThanMs?: number } = {},
): void {
  const folder = dirname(target);
  for (const name of namesIn(folder)) {
    const [, digest, owner, kind] = FORM.exec(name) ?? [];
    if (digest !== digestOf(target) || isAlive(Number(owner))) continue;
    const path = join(folder, name);
    try {
      if (kind === "old" && !existsSync(target)) renameSync(path, target);
      else if (ageMs(path) >= olderThanMs) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another run sweeps too, or it is not ours to remove: it stays.
    }
  }
}

/** Whether a name is of the form that {@link temporaryBeside} gives. */
export function isTemporary(name: string): boolean {
  return FORM.test(name);
}

function digestOf(target: string): string {
  return createHash("sha256").update(basename(target)).digest("hex").slice(0, 12);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Renaming a folder changes only its ctime. */
function ageMs(path: string): number {
  const { mtimeMs, ctimeMs } = lstatSync(path);
  return Date.now() - Math.max(mtimeMs, ctimeMs);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
