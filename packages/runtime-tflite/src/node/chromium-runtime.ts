// A TfliteRuntime in a Chromium that is driven from Node: the interpreters where users of web pages meet them.

import type { TfliteRuntime } from "@espalier/core";
import { type ChromiumOptions, DrivenPage, launchChromium, servePage } from "@espalier/runtime-web/node";
import { ENGINES, type TfliteEngineName } from "../engine/engine-name.js";
import { workerRuntime } from "../page/worker-runtime.js";
import { engineMissing } from "./child-program.js";
import { chromiumBuild, type EngineBuild } from "./engine-files.js";
import { tflitePage, workerPaths } from "./tflite-page.js";

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
    const { browser } = await launchChromium(options, "off");
    const page = new DrivenPage(browser, site);
    const { title, version } = ENGINES[engine];
    return workerRuntime({
      name: `${title} ${version}, Chromium ${browser.version()}`,
      engine,
      threads,
      startWorker: () => page.startWorker(workerPaths(build)),
      async close() {
        await browser.close();
        await site.close();
      },
    });
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
