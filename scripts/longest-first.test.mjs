import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { LONG, LongestFirst } from "./longest-first.mjs";

describe("the order of test files", () => {
  it("names files that there are, each once", () => {
    const missing = LONG.filter((path) => !existsSync(fileURLToPath(new URL(`../${path}`, import.meta.url))));
    expect(missing).toEqual([]);
    expect(new Set(LONG).size).toBe(LONG.length);
  });

  it("begins with the long ones, and keeps the others as they were", async () => {
    const base = Object.getPrototypeOf(LongestFirst.prototype);
    const sort = base.sort;
    base.sort = async (/** @type {unknown[]} */ files) => files;
    try {
      const files = ["/r/b.test.ts", `/r/${LONG[1]}`, "/r/a.test.ts", `/r/${LONG[0]}`];
      const order = LongestFirst.prototype.sort(
        /** @type {never} */ (files.map((moduleId) => ({ moduleId }))),
      );
      expect((await order).map(({ moduleId }) => moduleId)).toEqual([
        `/r/${LONG[0]}`,
        `/r/${LONG[1]}`,
        "/r/b.test.ts",
        "/r/a.test.ts",
      ]);
    } finally {
      base.sort = sort;
    }
  });
});
