// Files of an archive that are known by name and size before it is opened, so nothing in the archive decides what is
// read or where it goes. Plain ustar headers; members of other kinds and names are stepped over.

import { EspalierError, quoteName } from "@espalier/ir";

const BLOCK = 512;

/** A member that must be there. */
export interface WantedMember {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Views of the wanted members, in the order they are wanted.
 *
 * @throws EspalierError `TRUNCATED` where the archive ends early, `INVALID_DATA` for a damaged header, a member that is
 *   missing, twice or of another size
 */
export function readTarMembers(
  archive: Uint8Array,
  wanted: readonly WantedMember[],
  where: string,
): readonly Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0; ) {
    const header = archive.subarray(at, at + BLOCK);
    const size = memberSize(header, where);
    const start = at + BLOCK;
    if (size > archive.length - start)
      throw new EspalierError("TRUNCATED", "The archive is not complete", {
        where,
        expected: `a member of ${size} bytes`,
        found: `${archive.length - start} bytes`,
      });
    const path = text(header.subarray(0, 100));
    const isFile = header[156] === 0 || header[156] === 0x30;
    if (isFile && wanted.some((member) => member.path === path)) {
      if (found.has(path)) throw damaged(where, `${quoteName(path)} once`, "it twice");
      found.set(path, archive.subarray(start, start + size));
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return wanted.map(({ path, bytes }) => {
    const member = found.get(path);
    if (member === undefined) throw damaged(where, quoteName(path), "no such file in it");
    if (member.length !== bytes)
      throw damaged(where, `${quoteName(path)} of ${bytes} bytes`, `${member.length} bytes`);
    return member;
  });
}

/** The size in a header whose sum is right. */
function memberSize(header: Uint8Array, where: string): number {
  const stated = text(header.subarray(148, 156)).trim();
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : (header[i] as number);
  const size = text(header.subarray(124, 136)).trim();
  if (!/^[0-7]+$/.test(stated) || Number.parseInt(stated, 8) !== sum || !/^[0-7]{1,12}$/.test(size))
    throw damaged(where, "headers of a tar archive", "a damaged header");
  return Number.parseInt(size, 8);
}

/** Up to the first zero byte. */
function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return String.fromCharCode(...(end === -1 ? bytes : bytes.subarray(0, end)));
}

function damaged(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_DATA", "The archive cannot be used", { where, expected, found });
}
