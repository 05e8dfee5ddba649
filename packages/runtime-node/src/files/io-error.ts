// Errors of the operating system as EspalierErrors: which code, and what the user can do.

import { EspalierError, isEspalierError, quoteName } from "@espalier/ir";

/** Wraps an error of `node:fs`; an EspalierError passes as it is. */
export function readError(error: unknown, path: string): EspalierError {
  if (isEspalierError(error)) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const context = { where: quoteName(path), found: message };
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new EspalierError("NOT_FOUND", "There is no such file", context, { cause: error });
  }
  const denied = code === "EACCES" || code === "EPERM";
  return new EspalierError(
    "IO",
    "The file cannot be read",
    denied ? { ...context, unblock: "Give yourself permission to read it." } : context,
    { cause: error },
  );
}

/** Wraps an error of `node:fs` met while writing below or beside `path`. */
export function writeError(error: unknown, path: string): EspalierError {
  if (isEspalierError(error)) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const context = { where: quoteName(path), found: message };
  const options = { cause: error };
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return new EspalierError(
        "IO_FULL",
        "The output does not fit on the disk; nothing was changed",
        context,
        options,
      );
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return new EspalierError(
        "IO_READONLY",
        "The output cannot be written; nothing was changed",
        context,
        options,
      );
    case "ENOENT":
      return new EspalierError("NOT_FOUND", "The folder of the output does not exist", context, options);
    case "EEXIST":
    case "ENOTEMPTY":
    case "ENOTDIR":
    case "EISDIR":
      return new EspalierError("EXISTS", "Something else lies where the output goes", context, options);
    case "EBUSY":
    case "EXDEV":
      return new EspalierError(
        "IO",
        "The output cannot be moved into place",
        { ...context, unblock: "Where the output folder is a mount point, name a folder inside it." },
        options,
      );
    default:
      return new EspalierError("IO", "The output cannot be written", context, options);
  }
}
