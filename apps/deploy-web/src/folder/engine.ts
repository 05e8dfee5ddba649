// What proves and measures: a Chromium, which is what the deployed page will run in; or, where there is none, the native
// engine, which proves the same and measures nothing.

import type { Runtime } from "@espalier/core";
import { nodeRuntime } from "@espalier/runtime-node";
import { chromiumRuntime } from "@espalier/runtime-web/node";

export interface OpenEngine {
  readonly runtime: Runtime;
  /** Whether its times are those of a browser. */
  readonly measures: boolean;
  close(): Promise<void>;
}

/** @throws EspalierError `UNAVAILABLE` where a Chromium is wanted and there is none */
export async function openEngine(browser: boolean): Promise<OpenEngine> {
  if (!browser) return { runtime: nodeRuntime(), measures: false, close: async () => {} };
  const runtime = await chromiumRuntime();
  return { runtime, measures: true, close: () => runtime.close() };
}
