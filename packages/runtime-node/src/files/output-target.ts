// What may lie where an output goes. Refused: links, devices and files where a folder goes (and the other way
// round), the input itself, and folders that hold anything Espalier did not write. `force` lifts only the last.

import { lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join, relative, resolve, sep } from "node:path";
import { EspalierError, quoteName } from "@espalier/ir";

/** Of a pruning and of a training: whichever is there says what was written with it. */
const RECORDS: readonly string[] = ["receipt.json", "training.json"];
const LARGEST_RECORD = 64 * 1024 * 1024;
/** Left by file browsers. */
export const FILE_BROWSER_FILES: readonly string[] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/** `absent`: nothing is there. `empty`: an empty folder. `replaced`: a folder or file that may go. */
export type TargetState = "absent" | "empty" | "replaced";

export interface TargetRules {
  readonly force: boolean;
  /** Files and folders that are being read. */
  readonly inputs: readonly string[];
}

/** @throws EspalierError `EXISTS`, `INVALID_OPTION` */
export function checkFolderTarget(target: string, names: readonly string[], rules: TargetRules): TargetState {
  if (basename(target) === "") throw invalid(target, "the root of a file system");
  const stat = statOf(target);
  if (stat === null) return "absent";
  if (!stat.isDirectory()) throw exists(target, kindOf(stat), "form");
  for (const input of rules.inputs) {
    if (holds(target, input)) throw invalid(target, `the folder of the input ${quoteName(input)}`);
  }
  for (const place of [process.cwd(), homedir()]) {
    if (holds(target, place)) throw invalid(target, `${quoteName(place)} or a folder above it`);
  }
  const entries = filesBelow(target);
  if (entries.length === 0) return "empty";
  if (rules.force) return "replaced";
  const records = RECORDS.flatMap((name) => {
    const files = filesOfRecord(join(target, name));
    return files === null ? [] : [[name, ...files]];
  });
  if (records.length === 0) throw exists(target, "a folder without a receipt of Espalier", "content");
  const ours = new Set([...records.flat(), ...names]);
  const foreign = entries.find((entry) => !ours.has(entry) && !FILE_BROWSER_FILES.includes(basename(entry)));
  if (foreign !== undefined)
    throw exists(target, `${quoteName(foreign)}, which Espalier did not write`, "content");
  return "replaced";
}

/** @throws EspalierError `EXISTS`, `INVALID_OPTION` */
export function checkFileTarget(target: string, rules: TargetRules): TargetState {
  const stat = statOf(target);
  if (stat === null) return "absent";
  if (!stat.isFile()) throw exists(target, kindOf(stat), "form");
  for (const input of rules.inputs) {
    const other = followed(input);
    if (other !== null && other.dev === stat.dev && other.ino === stat.ino)
      throw invalid(target, "the input itself");
  }
  if (!rules.force) throw exists(target, "a file", "content");
  return "replaced";
}

function statOf(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

function followed(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

function kindOf(stat: Stats): string {
  if (stat.isSymbolicLink()) return "a symbolic link";
  if (stat.isDirectory()) return "a folder";
  return stat.isFile() ? "a file" : "a pipe, socket or device";
}

/** Whether `folder` is `path` or lies above it, links resolved. */
function holds(folder: string, path: string): boolean {
  if (followed(path) === null) return false;
  const between = relative(realpathSync(folder), realpathSync(resolve(path)));
  return (
    between === "" || !(between === ".." || between.startsWith(`..${sep}`) || resolve(between) === between)
  );
}

/** Relative paths with "/" of everything that is not a folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

/** The files that a record of Espalier lists; null when it is none. */
function filesOfRecord(path: string): string[] | null {
  try {
    const stat = lstatSync(path);
    if (!stat.isFile() || stat.size > LARGEST_RECORD) return null;
    // Not readFileSync(path, "utf8"): there Node aborts the process when close() fails.
    const record = JSON.parse(new TextDecoder().decode(readFileSync(path)));
    if (typeof record.schema !== "number" || typeof record.source.sha256 !== "string") return null;
    if (!Array.isArray(record.files)) return null;
    return record.files.map((file: { path?: unknown } | null) => String(file?.path));
  } catch {
    return null; // no file, no JSON, or not this shape
  }
}

/** `kind` says whether `force` would help. */
function exists(target: string, found: string, kind: "content" | "form"): EspalierError {
  return new EspalierError("EXISTS", "The output would replace something that is not Espalier's", {
    where: quoteName(target),
    found,
    unblock: kind === "content" ? "Name another place, or use --force." : "Name another place.",
  });
}

function invalid(target: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "The output must not replace this", {
    where: quoteName(target),
    found,
    unblock: "Name another place.",
  });
}
