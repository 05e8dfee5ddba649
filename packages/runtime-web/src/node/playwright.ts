// Chromium through playwright-core, which is optional: it is loaded on first use.

import { escapeMessage } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import type { Browser } from "playwright-core";
import { findChromium } from "./find-chromium.js";

/** Flags that offer an adapter for WebGPU in a browser without a window. */
const WEBGPU = ["--enable-unsafe-webgpu"];
/** The same on the CPU, for machines without a graphics card. */
const SOFTWARE_WEBGPU = [...WEBGPU, "--use-webgpu-adapter=swiftshader"];

export interface ChromiumOptions {
  /**
   * The browser's program.
   *
   * @default what ESPALIER_CHROMIUM names, else an installed Chromium or Chrome, else Playwright's own
   */
  readonly executablePath?: string;
}

export interface LaunchedChromium {
  readonly browser: Browser;
  readonly executablePath: string;
}

/**
 * Starts a Chromium without a window.
 *
 * @throws EspalierError `UNAVAILABLE` where playwright-core or a Chromium is missing, or does not start
 */
export async function launchChromium(
  { executablePath }: ChromiumOptions,
  webgpu: "off" | "hardware" | "software",
): Promise<LaunchedChromium> {
  const { chromium } = await importPlaywright();
  const program = executablePath ?? findChromium() ?? chromium.executablePath();
  const args = { off: [], hardware: WEBGPU, software: SOFTWARE_WEBGPU }[webgpu];
  try {
    const browser = await chromium.launch({
      executablePath: program,
      headless: true,
      args,
      // As root Chromium refuses to start with its sandbox; containers usually are root.
      chromiumSandbox: process.getuid?.() !== 0,
    });
    return { browser, executablePath: program };
  } catch (error) {
    throw new EspalierError(
      "UNAVAILABLE",
      "Chromium cannot be started",
      {
        where: program,
        found: escapeMessage(firstLine(error)),
        unblock:
          "Install one (apt-get install chromium, or npx playwright-core install chromium), or name it in ESPALIER_CHROMIUM.",
      },
      { cause: error },
    );
  }
}

async function importPlaywright(): Promise<typeof import("playwright-core")> {
  try {
    return await import("playwright-core");
  } catch (error) {
    throw new EspalierError(
      "UNAVAILABLE",
      "playwright-core, which drives Chromium, is not installed",
      { found: escapeMessage(firstLine(error)), unblock: "Install it with: npm i playwright-core" },
      { cause: error },
    );
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
