// Reads a model file whole, within the limits: a regular file only, its size checked before memory is taken.
// The path is the user's, so links are followed.

import { constants, type FileHandle, open } from "node:fs/promises";
import { abortedError } from "@espalier/core";
import { EspalierError, enforceLimit, type Limits, NODE_LIMITS, quoteName } from "@espalier/ir";
import { readError } from "./io-error.js";

const LARGEST_READ = 64 * 1024 * 1024;

/**
 * The bytes of the file at `path`.
 *
 * @throws EspalierError `NOT_FOUND`, `LIMIT_EXCEEDED`, `IO` (also for folders, pipes, devices and files that
 * change while they are read), `ABORTED`
 */
export async function readModelFile(
  path: string,
  limits: Limits = NODE_LIMITS,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    // O_NONBLOCK: opening a pipe that nobody writes to must not wait.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const stat = await file.stat();
    if (!stat.isFile()) throw notAFile(path, stat.isDirectory());
    enforceLimit(limits, "fileBytes", stat.size, quoteName(path));
    return await readWhole(file, stat.size, path, signal);
  } catch (error) {
    throw readError(error, path);
  } finally {
    await file?.close();
  }
}

async function readWhole(
  file: FileHandle,
  size: number,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    if (signal?.aborted) throw abortedError(signal);
    const length = Math.min(LARGEST_READ, size - filled);
    const { bytesRead } = await file.read(bytes, filled, length, filled);
    if (bytesRead === 0) throw changed(path, `it ended after ${filled} of ${size} bytes`);
    filled += bytesRead;
  }
  const { bytesRead } = await file.read(new Uint8Array(1), 0, 1, size);
  if (bytesRead > 0) throw changed(path, `it grew beyond ${size} bytes`);
  return bytes;
}

function notAFile(path: string, isFolder: boolean): EspalierError {
  return new EspalierError("IO", "This is not a file", {
    where: quoteName(path),
    expected: "a regular file",
    found: isFolder ? "a folder" : "a pipe, socket or device",
    unblock: isFolder ? "Name the .onnx file in it." : "Write the model to a file first.",
  });
}

function changed(path: string, how: string): EspalierError {
  return new EspalierError("IO", "The file changed while it was read", {
    where: quoteName(path),
    found: how,
    unblock: "Wait until whatever writes it has finished.",
  });
}
