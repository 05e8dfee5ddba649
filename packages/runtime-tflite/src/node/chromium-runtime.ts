// A TfliteRuntime in a Chromium that is driven from Node: the interpreters where users of web pages meet them.

import {
  type LatencyRequest,
  type LatencyStatistics,
  measureSideBySide,
  type TfliteLoadOptions,
  type TfliteRuntime,
  type TimedModel,
  type Unavailable,
} from "@espalier/core";
import { type ModelWorkerOptions, timedWorker } from "@espalier/runtime-web";
import {
  type ChromiumOptions,
  DrivenPage,
  type LaunchedChromium,
  launchChromium,
  type PageSite,
  servePage,
} from "@espalier/runtime-web/node";
import { DATA_TYPES_OF } from "../engine/data-types.js";
import { ENGINES, type TfliteEngineName } from "../engine/engine-name.js";
import { engineMissing } from "./child-program.js";
import { openChromiumSession } from "./chromium-session.js";
import { openChromiumTimer } from "./chromium-timer.js";
import { chromiumBuild, type EngineBuild } from "./engine-files.js";
import { defaultMemoryBytes } from "./memory-default.js";
import { tflitePage, workerPaths } from "./tflite-page.js";

const TIMEOUT_MS = 30_000;

export interface ChromiumTfliteOptions extends ChromiumOptions {
  /**
   * Which interpreter computes.
   *
   * @default "litert"
   */
  readonly engine?: TfliteEngineName;
  /**
   * Threads of sessions that do not say; above one the builds with threads are loaded.
   *
   * @default 1
   */
  readonly threads?: number;
}

/**
 * Opens a Chromium with one page, isolated from other origins so that its clock is fine and threads can be had. All it
 * loads comes from the installed packages.
 *
 * @throws EspalierError `UNAVAILABLE` where playwright-core, a Chromium or the interpreter's package is missing
 */
export async function chromiumTfliteRuntime(options: ChromiumTfliteOptions = {}): Promise<TfliteRuntime> {
  const { engine = "litert", threads = 1 } = options;
  const build = chromiumBuild(engine, threads > 1);
  const site = await servePage(pageOf(build), { isolated: true });
  try {
    const launched = await launchChromium(options, "off");
    return makeRuntime(launched, site, build, threads);
  } catch (error) {
    await site.close();
    throw error;
  }
}

function pageOf(build: EngineBuild): ReturnType<typeof tflitePage> {
  try {
    return tflitePage(build);
  } catch (error) {
    throw engineMissing(build.engine, error);
  }
}

function makeRuntime(
  { browser }: LaunchedChromium,
  site: PageSite,
  build: EngineBuild,
  threads: number,
): TfliteRuntime {
  const { title, version } = ENGINES[build.engine];
  const name = `${title} ${version}, Chromium ${browser.version()}`;
  const page = new DrivenPage(browser, site);
  const worker = (bytes: Uint8Array, load: TfliteLoadOptions): ModelWorkerOptions => ({
    startWorker: () => page.startWorker(workerPaths(build)),
    settings: {
      threads: Math.min(load.threads ?? threads, threads),
      memoryBytes: load.memoryBytes ?? defaultMemoryBytes(bytes),
      wasm: null,
      mjs: null,
    },
    timeoutMs: load.timeoutMs ?? TIMEOUT_MS,
    signal: load.signal,
  });
  return {
    name,
    capabilities: { engine: "wasm", threads, dataTypes: DATA_TYPES_OF[build.engine] },
    load: (model, load = {}) => openChromiumSession(model, worker(model, load)),
    async measureFootprint(model, feeds, load = {}) {
      const session = await openChromiumSession(model, worker(model, load));
      try {
        await session.run(feeds);
        const { header } = await session.worker.request("memory", { type: "memory" });
        return { loadMs: session.loadMs, peakBytes: header.memoryBytes };
      } finally {
        await session.dispose();
      }
    },
    async measureLatency(request): Promise<Readonly<Record<string, LatencyStatistics>> | Unavailable> {
      if (request.threads > threads) return tooManyThreads(request.threads);
      return measureSideBySide(request, name, ({ bytes }) =>
        openTimedModel(bytes, request, worker(bytes, timedLoad(request))),
      );
    },
    openTimer: async (options) =>
      options.threads > threads
        ? tooManyThreads(options.threads)
        : openChromiumTimer((model) => worker(model, options)),
    async close() {
      await browser.close();
      await site.close();
    },
  };
}

function tooManyThreads(asked: number): Unavailable {
  return {
    unavailable: "UNAVAILABLE",
    unblock: `${asked} threads were asked for: open the runtime with as many.`,
  };
}

function timedLoad({ threads, signal }: LatencyRequest): TfliteLoadOptions {
  return { threads, ...(signal === undefined ? {} : { signal }) };
}

async function openTimedModel(
  bytes: Uint8Array,
  { feeds }: LatencyRequest,
  options: ModelWorkerOptions,
): Promise<TimedModel> {
  const session = await openChromiumSession(bytes, options);
  return timedWorker(
    session.worker,
    () => session.pack(feeds),
    () => session.dispose(),
  );
}
