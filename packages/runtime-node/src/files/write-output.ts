// Output that is there whole or not at all: written beside its place, made durable, then renamed. A failure,
// an abort or a signal changes nothing and leaves nothing behind; after a kill the next write of the same
// output clears up (temporaries.ts).
//
// A new folder appears by one rename. Replacing a folder takes two, old aside and new in, because Node has
// no renameat2(RENAME_EXCHANGE): between them, for microseconds, there is no folder; killed exactly there,
// both lie whole beside the place, and the next run puts the old one back. When the final sync of the
// parent folder fails, the old state is restored as well.

import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { abortedError } from "@espalier/core";
import { EspalierError, quoteName } from "@espalier/ir";
import { syncFolder, writeDurably } from "./durable-write.js";
import { guardInterrupts } from "./interrupts.js";
import { writeError } from "./io-error.js";
import { checkFileTarget, checkFolderTarget, type TargetState } from "./output-target.js";
import { sweepTemporaries, temporaryBeside } from "./temporaries.js";

/** A file of an output folder. Names are ours, never the model's. */
export interface OutputFile {
  /** Relative to the folder, with "/". */
  readonly path: string;
  readonly chunks: readonly Uint8Array[];
}

export interface WriteOptions {
  /** Replaces a folder that Espalier did not write, or an existing file. Never a link or a device. */
  readonly force?: boolean;
  /** Files and folders being read: an output never replaces them. */
  readonly inputs?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Writes `files` as the folder `target`, whole or not at all.
 *
 * @throws EspalierError `EXISTS`, `INVALID_OPTION`, `IO_FULL`, `IO_READONLY`, `IO`, `ABORTED`; nothing is
 * changed then
 */
export async function writeFolderAtomically(
  target: string,
  files: readonly OutputFile[],
  options: WriteOptions = {},
): Promise<void> {
  checkNames(files);
  const names = files.map(({ path }) => path);
  await writeBeside(resolve(target), options, {
    check: (place, rules) => checkFolderTarget(place, names, rules),
    async write(temporary, check) {
      mkdirSync(temporary);
      const folders = new Set([temporary]);
      for (const { path, chunks } of files) {
        const segments = path.split("/");
        for (let depth = 1; depth < segments.length; depth++) {
          const folder = join(temporary, ...segments.slice(0, depth));
          if (!folders.has(folder)) mkdirSync(folder);
          folders.add(folder);
        }
        await writeDurably(join(temporary, ...segments), chunks, check);
      }
      for (const folder of [...folders].reverse()) syncFolder(folder);
    },
  });
}

/** Writes one file, whole or not at all. Throws like {@link writeFolderAtomically}. */
export async function writeFileAtomically(
  target: string,
  chunks: readonly Uint8Array[],
  options: WriteOptions = {},
): Promise<void> {
  await writeBeside(resolve(target), options, {
    check: (place, rules) => checkFileTarget(place, rules),
    write: (temporary, check) => writeDurably(temporary, chunks, check),
    replacesInOneStep: true,
  });
}

interface Writer {
  check(target: string, rules: { force: boolean; inputs: readonly string[] }): TargetState;
  write(temporary: string, check: () => void): Promise<void>;
  /** rename() puts a file, but not a full folder, in the place of another. */
  readonly replacesInOneStep?: boolean;
}

async function writeBeside(target: string, options: WriteOptions, writer: Writer): Promise<void> {
  const { force = false, inputs = [], signal } = options;
  if (signal?.aborted) throw abortedError(signal);
  const temporary = temporaryBeside(target, "new");
  const parent = dirname(target);
  let firstCreated: string | undefined;
  const removeTemporary = () => rmSync(temporary, { recursive: true, force: true });
  const guard = guardInterrupts(removeTemporary);
  const check = () => {
    guard.check();
    if (signal?.aborted) throw abortedError(signal);
  };
  try {
    sweepTemporaries(target);
    writer.check(target, { force, inputs });
    firstCreated = mkdirSync(parent, { recursive: true });
    await writer.write(temporary, check);
    // Again: it took a while, and somebody else may have written there.
    const state = writer.check(target, { force, inputs });
    const inOneStep = state !== "replaced" || writer.replacesInOneStep === true;
    if (inOneStep && state !== "replaced") moveIn(temporary, target, parent);
    else if (inOneStep) moveOver(temporary, target, parent);
    else exchange(temporary, target, parent);
  } catch (error) {
    clearUp(removeTemporary, firstCreated, parent);
    throw writeError(error, target);
  } finally {
    guard.release();
  }
}

function moveIn(temporary: string, target: string, parent: string): void {
  renameSync(temporary, target);
  try {
    syncFolder(parent);
  } catch (error) {
    renameSync(target, temporary); // removed with what failed
    throw error;
  }
}

/** A file over a file: the old one is gone with the rename, so a failing sync cannot bring it back. */
function moveOver(temporary: string, target: string, parent: string): void {
  renameSync(temporary, target);
  syncFolder(parent);
}

function exchange(temporary: string, target: string, parent: string): void {
  const aside = temporaryBeside(target, "old");
  renameSync(target, aside);
  try {
    moveIn(temporary, target, parent);
  } catch (error) {
    putBack(aside, target, error);
    throw error;
  }
  try {
    // Under a name that is never put back: a kill may leave half of it.
    const gone = temporaryBeside(target, "gone");
    renameSync(aside, gone);
    rmSync(gone, { recursive: true, force: true });
  } catch {
    // The new folder is in place; what is left of the old one is swept later.
  }
}

function putBack(aside: string, target: string, cause: unknown): void {
  try {
    renameSync(aside, target);
  } catch {
    throw new EspalierError(
      "IO",
      "The output was moved aside and cannot be moved back",
      { where: quoteName(aside), unblock: `Rename it to ${quoteName(target)}.` },
      { cause },
    );
  }
}

/** Best effort: the error that brought us here is the one to report. */
function clearUp(removeTemporary: () => void, firstCreated: string | undefined, parent: string): void {
  try {
    removeTemporary();
    if (firstCreated === undefined) return;
    // Only what we made, and only while it is empty.
    for (let folder = parent; existsSync(folder); folder = dirname(folder)) {
      rmdirSync(folder);
      if (folder === firstCreated) return;
    }
  } catch {
    // Swept by the next write.
  }
}

function checkNames(files: readonly OutputFile[]): void {
  const seen = new Set<string>();
  for (const { path } of files) {
    const plain = path.split("/").every((segment) => segment !== "" && segment !== "." && segment !== "..");
    // Case folded: on some file systems the two would be one file.
    const key = path.toLowerCase();
    if (!plain || /[\\:\0]/.test(path) || seen.has(key)) {
      throw new Error(`an output file needs a plain relative name of its own: ${quoteName(path)}`);
    }
    seen.add(key);
  }
}
