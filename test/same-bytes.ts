// Whether two files are the same. `toEqual` says it, too, but looks at one entry after another for seconds.

import { expect } from "vitest";

export function expectSameBytes(found: Uint8Array, expected: Uint8Array, about = "bytes"): void {
  if (Buffer.compare(found, expected) === 0) return;
  const differs = found.findIndex((byte, i) => byte !== expected[i]);
  const first = differs < 0 ? Math.min(found.length, expected.length) : differs;
  expect.fail(`${about}: ${found.length} and ${expected.length} bytes, which differ first at ${first}`);
}
