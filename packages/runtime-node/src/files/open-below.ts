// Opens a file below a folder when its name, or what lies in the folder, comes from somebody else: nothing but a
// regular file with one link, no links anywhere on the way, checked before and after opening, and everything is read
// from that one descriptor. The idea of the layers is ONNX's (docs/ExternalDataSecurity.md); Node has no openat2, so
// on Linux the kernel is asked where the open file lies.

import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import { EspalierError, quoteName } from "@espalier/ir";

/**
 * Opens the regular file `location` strictly below `root`, which must be a real path. Close the descriptor.
 *
 * @param what what the file is, at the start of a sentence: "External data"
 * @throws EspalierError `EXTERNAL_PATH`, `EXTERNAL_LINK`; errors of `node:fs`, ENOENT among them
 */
export function openBelow(root: string, location: string, what: string): { descriptor: number; stat: Stats } {
  const segments = checkedSegments(location, what);
  const path = join(root, ...segments);
  let before = lstatSync(root);
  for (let depth = 1; depth <= segments.length; depth++) {
    const place = join(root, ...segments.slice(0, depth));
    before = lstatSync(place);
    if (before.isSymbolicLink()) throw linked(what, location, `${quoteName(place)} is a symbolic link`);
    if (depth < segments.length && !before.isDirectory()) throw notFound(place);
  }
  if (!before.isFile()) throw linked(what, location, "not a regular file");

  const descriptor = openSync(
    path,
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY,
  );
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw linked(what, location, "not a regular file");
    if (stat.nlink !== 1) throw linked(what, location, `${stat.nlink} links`);
    if (stat.dev !== before.dev || stat.ino !== before.ino)
      throw linked(what, location, "it was replaced meanwhile");
    const opened = whereIs(descriptor);
    if (opened !== null && opened !== path) throw linked(what, location, "it was reached through a link");
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

/** Who calls has refused bad names already; this is the second lock on the same door. */
function checkedSegments(location: string, what: string): string[] {
  const segments = location.split("/");
  const bad = segments.some((segment) => segment === "" || segment === "." || segment === "..");
  if (bad || /[\\:\0]/.test(location)) {
    throw new EspalierError("EXTERNAL_PATH", `${what} is not below the folder`, {
      expected: "a relative path of plain names",
      found: quoteName(location),
    });
  }
  return segments;
}

function notFound(place: string): Error {
  return Object.assign(new Error(`${quoteName(place)} is not a folder`), { code: "ENOTDIR" });
}

function linked(what: string, location: string, found: string): EspalierError {
  return new EspalierError("EXTERNAL_LINK", `${what} must be a regular file with one link`, {
    where: quoteName(location),
    found,
    unblock: "Replace links by copies of the files (cp -rL copies a whole folder so).",
  });
}
