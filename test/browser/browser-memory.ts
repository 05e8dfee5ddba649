// What a page takes of memory once its work is over: the heaps of the page and its workers with their WebAssembly
// memories, after a collection, and the resident memory of its process.

import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";

const READINGS = 5;
const PAGE_BYTES = 4096;

export interface PageMemory {
  readonly heaps: number;
  /** Of the largest process of the browser that holds pages; 1 where the system does not tell. */
  readonly resident: number;
}

/** Waits until all workers are gone. The browser needs the flag --enable-blink-features=ForceEagerMeasureMemory. */
export async function memoryOf(browser: Browser, page: Page): Promise<PageMemory> {
  await expect.poll(() => page.workers().length, { timeout: 30_000 }).toBe(0);
  const readings: number[] = [];
  // A worker that is on its way out still counts now and then: the least of some readings is what stays.
  for (let i = 0; i < READINGS; i++) {
    readings.push(await heapsOf(page));
    await page.waitForTimeout(200);
  }
  return { heaps: Math.min(...readings), resident: await residentOf(browser) };
}

function heapsOf(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const measured = performance as unknown as {
      measureUserAgentSpecificMemory(): Promise<{ readonly bytes: number }>;
    };
    return (await measured.measureUserAgentSpecificMemory()).bytes;
  });
}

async function residentOf(browser: Browser): Promise<number> {
  if (process.platform !== "linux") return 1;
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => Number(readFileSync(`/proc/${id}/statm`, "utf8").split(" ")[1]) * PAGE_BYTES);
  return Math.max(...sizes);
}
