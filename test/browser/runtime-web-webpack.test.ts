// runtime-web as webpack builds it, from the packages' own builds and without configuration.

import { rmSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromium, launchChromium } from "../chromium.js";
import { buildWithWebpack } from "./pages/build.js";
import type { Offered } from "./pages/runtime/main.js";
import { ISOLATED, serveSite } from "./site.js";
import { addModel } from "./small-models.js";

declare const espalier: Pick<Offered, "webRuntime">;

describe.skipIf(!chromium)("runtime-web built by webpack", () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await buildWithWebpack();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ["without isolation", {}, 1],
    ["with threads", ISOLATED, 2],
  ])("computes %s", async (_, headers, threads) => {
    const site = await serveSite(folder, headers);
    site.files.set("/add", addModel());
    const page = await browser.newPage();
    try {
      await page.goto(site.origin);
      const result = await page.evaluate(async () => {
        const runtime = espalier.webRuntime({ threads: 2 });
        const bytes = new Uint8Array(await (await fetch("/add")).arrayBuffer());
        const session = await runtime.load(bytes);
        const x = { dataType: 1, dims: [3], data: Float32Array.of(1, 2, 3) };
        const { y } = await session.run({ x });
        await session.dispose();
        return { threads: runtime.capabilities.threads, y: Array.from(y?.data as Float32Array) };
      });
      expect(result).toEqual({ threads, y: [11, 22, 33] });
    } finally {
      await page.close();
      await site.close();
    }
  });
});
