import type { Cache } from "@espalier/core";
import { describe, expect, it } from "vitest";
import { nodeHost } from "../host.js";
import { rememberedSize } from "./remembered-size.js";

function memoryCache(): Cache & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    read: async (name) => kept.get(name) ?? null,
    write: async (name, bytes) => void kept.set(name, bytes),
  };
}

describe("a remembered size", () => {
  it("is measured once for the same bytes, and again where something else was kept", async () => {
    const cache = memoryCache();
    let measured = 0;
    const size = () =>
      rememberedSize(
        cache,
        100_000,
        () => "brotli-digest",
        async () => {
          measured++;
          return 1234;
        },
      );
    expect([await size(), await size(), measured]).toEqual([1234, 1234, 1]);
    for (const text of ["", "-3", "1e9", "12 ", "\u0661", "9".repeat(16)]) {
      cache.kept.set("sizes/brotli-digest", new TextEncoder().encode(text));
      measured = 0;
      expect([await size(), measured], text).toEqual([1234, 1]);
    }
  });

  it("is that of the host, by digest: other bytes have another", async () => {
    const cache = memoryCache();
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * i) >> 7);
    const other = bytes.slice();
    other[0] = 1;
    const without = nodeHost({ cache: null });
    const host = nodeHost({ cache });
    for (const file of [bytes, other, bytes])
      expect(await host.brotliSize?.([file])).toBe(await without.brotliSize?.([file]));
    expect(await host.brotliSize?.([bytes.subarray(0, 9), bytes.subarray(9)])).toBe(
      await without.brotliSize?.([bytes]),
    );
    expect(cache.kept.size).toBe(2);
    await host.brotliSize?.([bytes.subarray(0, 1000)]);
    expect(cache.kept.size).toBe(2);
  });
});
