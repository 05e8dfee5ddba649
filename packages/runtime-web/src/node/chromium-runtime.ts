// The Runtime of the browser, from Node: opens a Chromium with one page of its own and computes and measures
// there, by the same workers that runtime.ts uses in a page.

import { isUnavailable, type Unavailable } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { capabilitiesOf } from "../capabilities.js";
import { ONNXRUNTIME_VERSION, type WebEngine } from "../engine.js";
import type { WebGpuAdapter } from "../web-gpu.js";
import { type WebRuntime, workerRuntime } from "../worker-runtime.js";
import { DrivenPage } from "./driven-page.js";
import { onnxPage, workerPaths } from "./onnx-page.js";
import { type PageSite, servePage } from "./page-site.js";
import { type ChromiumOptions, type LaunchedChromium, launchChromium } from "./playwright.js";

export interface ChromiumRuntimeOptions extends ChromiumOptions {
  /**
   * What computes.
   *
   * @default "wasm"
   */
  readonly engine?: WebEngine;
  /**
   * Serve the page isolated from other origins, which threads and a fine clock need.
   *
   * @default true
   */
  readonly isolated?: boolean;
  /**
   * Threads of sessions that do not say.
   *
   * @default the number of cores, or 1 in a page that is not isolated
   */
  readonly threads?: number;
}

export interface ChromiumRuntime extends WebRuntime {
  readonly chromium: { readonly executablePath: string; readonly version: string };
  /** The adapter that "webgpu" computes on; one on the CPU where the machine has no other. */
  readonly webgpu: WebGpuAdapter | Unavailable;
  /** Ends the browser; this process does not end before. */
  close(): Promise<void>;
}

/**
 * Opens a Chromium and gives a Runtime that computes in it. With the engine "webgpu" and no graphics card it
 * computes on a software adapter and refuses to measure latency.
 *
 * @throws EspalierError `UNAVAILABLE` where playwright-core, a Chromium or an adapter is missing
 */
export async function chromiumRuntime(options: ChromiumRuntimeOptions = {}): Promise<ChromiumRuntime> {
  const { engine = "wasm", isolated = true, threads } = options;
  const site = await servePage(onnxPage(), { isolated });
  try {
    const opened = await openBrowser(options, engine, site);
    return await makeRuntime(opened, site, engine, threads);
  } catch (error) {
    await site.close();
    throw error;
  }
}

interface OpenedBrowser extends LaunchedChromium {
  readonly page: DrivenPage;
  readonly webgpu: WebGpuAdapter | Unavailable;
}

/** With a graphics card if there is one, else with a software adapter if one is wanted. */
async function openBrowser(
  options: ChromiumOptions,
  engine: WebEngine,
  site: PageSite,
): Promise<OpenedBrowser> {
  const attempts = engine === "wasm" ? (["off"] as const) : (["hardware", "software"] as const);
  let unblock = "";
  for (const attempt of attempts) {
    const launched = await launchChromium(options, attempt);
    try {
      const page = new DrivenPage(launched.browser, site);
      const webgpu = await page.findWebGpu();
      if (engine === "wasm" || !isUnavailable(webgpu)) return { ...launched, page, webgpu };
      unblock = webgpu.unblock;
    } catch (error) {
      await launched.browser.close();
      throw error;
    }
    await launched.browser.close();
  }
  throw new EspalierError("UNAVAILABLE", "Chromium offers no WebGPU adapter", { unblock });
}

async function makeRuntime(
  { browser, executablePath, page, webgpu }: OpenedBrowser,
  site: PageSite,
  engine: WebEngine,
  threads: number | undefined,
): Promise<ChromiumRuntime> {
  const facts = await page.facts();
  const version = browser.version();
  const build = engine === "wasm" ? "wasm" : facts.jspi ? "webgpu-jspi" : "webgpu-asyncify";
  const runtime = workerRuntime({
    name: `onnxruntime-web ${ONNXRUNTIME_VERSION} ${engine}, Chromium ${version}`,
    capabilities: capabilitiesOf(engine, facts, threads),
    startWorker: () => page.startWorker(workerPaths(build)),
    assets: { wasm: null, mjs: null },
    findWebGpu: async () => webgpu,
  });
  return {
    ...runtime,
    chromium: { executablePath, version },
    webgpu,
    async close() {
      await browser.close();
      await site.close();
    },
  };
}
