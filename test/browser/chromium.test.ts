import { describe, expect, it } from "vitest";
import { chromium, launchChromium } from "../chromium.js";

describe.skipIf(!chromium)("Chromium", () => {
  it("runs WebAssembly with SIMD, which the wasm runtime needs", async () => {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      // (func (result v128) (v128.const 0 …))
      const simd = [
        ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 22, 1, 20, 0, 253, 12],
        ...new Array<number>(16).fill(0),
        11,
      ];
      expect(await page.evaluate((bytes) => WebAssembly.validate(new Uint8Array(bytes)), simd)).toBe(true);
    } finally {
      await browser.close();
    }
  });
});
