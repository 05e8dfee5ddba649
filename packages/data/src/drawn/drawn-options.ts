// What the built-in sets are asked for.

import { EspalierError } from "@espalier/ir";

export interface DrawnOptions {
  readonly count: number;
  /** Another seed, other images: 1 to train on, 2 to test on, say. */
  readonly seed: number;
}

const MOST_BYTES = 2 ** 31 - 1;

/** @throws EspalierError `INVALID_OPTION` for no images, or more than one array can hold */
export function requireDrawn(count: number, bytesPerImage: number): void {
  const most = Math.floor(MOST_BYTES / bytesPerImage);
  if (Number.isSafeInteger(count) && count >= 1 && count <= most) return;
  throw new EspalierError("INVALID_OPTION", "So many images cannot be drawn", {
    where: "count",
    expected: `1 to ${most}`,
    found: String(count),
  });
}
