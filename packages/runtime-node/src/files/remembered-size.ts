// Compressed sizes that are kept: brotli at full quality takes seconds for a megabyte, and the same network is pruned again
// and again.

import type { Cache } from "@espalier/core";

/** What is smaller is compressed sooner than it is looked up. */
const LEAST_BYTES = 64 * 1024;
const SIZE = /^\d{1,15}$/;

/**
 * `measure()`, or what it once gave. What the cache holds under the name and is no size is measured again.
 *
 * @param bytes of the file
 * @param name of how it is compressed and of what, by its digest; asked for where the cache is
 */
export async function rememberedSize(
  cache: Cache | null,
  bytes: number,
  name: () => string,
  measure: () => Promise<number>,
): Promise<number> {
  if (cache === null || bytes < LEAST_BYTES) return measure();
  const place = `sizes/${name()}`;
  const kept = new TextDecoder().decode((await cache.read(place)) ?? new Uint8Array());
  if (SIZE.test(kept)) return Number(kept);
  const size = await measure();
  await cache.write(place, new TextEncoder().encode(String(size)));
  return size;
}
