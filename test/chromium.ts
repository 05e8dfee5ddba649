// The Chromium of this machine for tests: `describe.skipIf(!chromium)` skips and counts where there is none.

import { type Browser, chromium as playwright } from "playwright-core";

/** Path of a Chromium; empty where there is none. */
export const chromium: string = process.env.ESPALIER_CHROMIUM ?? "";

/** Flags for a WebGPU adapter that computes on the CPU, for machines without a graphics card. */
export const SOFTWARE_WEBGPU: readonly string[] = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

/** Starts it headless. Close it when done. */
export function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  // Containers run tests as root, where Chromium's own sandbox refuses to start; the pages are ours.
  return playwright.launch({ executablePath: chromium, headless: true, args: ["--no-sandbox", ...flags] });
}
