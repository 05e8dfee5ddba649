// Pruning in a tab gives its memory back. What a page settles at is seen on a quiet machine, so nothing runs beside it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromium, launchChromium } from "../../chromium.js";
import { DIGITS, deployDigits, type ServedPages, servePages } from "../../deploy-web-process.js";
import { memoryOf } from "../browser-memory.js";
import { dropNetwork, openPage, prune } from "../deploy-web-pages.js";

describe.skipIf(!chromium)("pruning in the tab", () => {
  let box = "";
  let browser: Browser;
  let server: ServedPages;
  beforeAll(async () => {
    box = mkdtempSync(join(tmpdir(), "espalier-memory-"));
    const folder = join(box, "page");
    const { status, stderr } = deployDigits(folder);
    expect(status, stderr).toBe(0);
    server = await servePages(folder);
    browser = await launchChromium(["--enable-blink-features=ForceEagerMeasureMemory"]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(box, { recursive: true, force: true });
  });

  it("ends ten prunes at the memory it began with", async () => {
    const { page } = await openPage(await browser.newContext(), `${server.url}prune.html`);
    page.setDefaultTimeout(100_000);
    await dropNetwork(page, DIGITS);
    const again = async (times: number): Promise<void> => {
      for (let i = 1; i <= times; i++) await prune(page, { ratio: 0.3 + 0.05 * (i % 5) });
    };
    // The first one is left out: what the browser compiled for it stays, and is used again. The page's own heap of
    // about 2 MB goes on to settle for some more: its compiler looks again at what runs often.
    await prune(page, { ratio: 0.5 });
    const first = await memoryOf(browser, page);
    await again(5);
    const settled = await memoryOf(browser, page);
    await again(10);
    const last = await memoryOf(browser, page);
    expect(Math.abs(last.resident / first.resident - 1), "resident").toBeLessThanOrEqual(0.1);
    expect(Math.abs(last.heaps / settled.heaps - 1), "heaps").toBeLessThanOrEqual(0.1);
  }, 300_000);
});
