// One hostile file: what it is called, its bytes, and the exact code it must end in.

import type { ErrorCode, Limits } from "@espalier/ir";

export interface HostileCase {
  readonly name: string;
  readonly make: () => Uint8Array;
  /** The exact code, or "opens" for files that are odd but good. */
  readonly expect: ErrorCode | "opens";
  /** The limit that the error must name. */
  readonly limit?: keyof Limits;
  /** Limits to read with, where the default would need a large file. */
  readonly limits?: Partial<Limits>;
  /** Heap growth is held against 8x the file and 64 MiB. */
  readonly amplifies?: boolean;
}

/** name, code, bytes. */
export function hostile(
  name: string,
  expect: HostileCase["expect"],
  make: () => Uint8Array,
  more: Omit<HostileCase, "name" | "make" | "expect"> = {},
): HostileCase {
  return { name, expect, make, ...more };
}

/** A limit met by a small file under a small limit. */
export function overLimit(
  name: string,
  limit: keyof Limits,
  value: number,
  make: () => Uint8Array,
  expect: HostileCase["expect"] = "LIMIT_EXCEEDED",
): HostileCase {
  return { name, make, expect, limit, limits: { [limit]: value } };
}
