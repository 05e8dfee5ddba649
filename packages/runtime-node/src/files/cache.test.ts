import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cacheFolder, folderCache } from "./cache.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "espalier-cache-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("a cache in a folder", () => {
  it("gives back what was written, whole", async () => {
    const cache = folderCache(join(folder, "deep", "er"));
    expect(await cache.read("a/b.json")).toBeNull();
    await cache.write("a/b.json", Uint8Array.of(1, 2, 3));
    await cache.write("a/b.json", Uint8Array.of(4));
    expect(await cache.read("a/b.json")).toEqual(Uint8Array.of(4));
    expect(readdirSync(join(folder, "deep", "er", "a"))).toEqual(["b.json"]);
  });

  it("is none where it cannot be written", async () => {
    writeFileSync(join(folder, "file"), "");
    const cache = folderCache(join(folder, "file"));
    await cache.write("a", Uint8Array.of(1));
    expect(await cache.read("a")).toBeNull();
  });

  it("takes a folder for nothing", async () => {
    mkdirSync(join(folder, "a"));
    expect(await folderCache(folder).read("a")).toBeNull();
  });

  it.each(["../a", "a/../b", "/a", "a//b", "", "a\\b", "a b"])("refuses the name %j", async (name) => {
    await expect(folderCache(folder).write(name, new Uint8Array())).rejects.toThrow("no name");
  });
});

describe("the folder of caches", () => {
  it("is what the user says", () => {
    vi.stubEnv("ESPALIER_CACHE", "/somewhere");
    expect(cacheFolder()).toBe("/somewhere");
  });

  it("follows the convention of the system", () => {
    vi.stubEnv("ESPALIER_CACHE", "");
    vi.stubEnv("XDG_CACHE_HOME", "/caches");
    expect(cacheFolder()).toBe(join("/caches", "espalier"));
  });
});
