import { describe, expect, it } from "vitest";
import { cacheFolderParts } from "./cache-folder.js";

describe("the cache folder", () => {
  it.each([
    [{ ESPALIER_CACHE: "/a", XDG_CACHE_HOME: "/b" }, "linux", ["/a"]],
    [{ XDG_CACHE_HOME: "/b" }, "linux", ["/b", "espalier"]],
    [{}, "linux", ["/home/u", ".cache", "espalier"]],
    [{ ESPALIER_CACHE: "" }, "darwin", ["/home/u", "Library", "Caches", "espalier"]],
    [{ LOCALAPPDATA: "C:\\L" }, "win32", ["C:\\L", "espalier", "cache"]],
    [{ LOCALAPPDATA: "C:\\L" }, "linux", ["/home/u", ".cache", "espalier"]],
  ])("in %j on %s is %j", (env, platform, parts) => {
    expect(cacheFolderParts({ env, platform, home: "/home/u" })).toEqual(parts);
  });
});
