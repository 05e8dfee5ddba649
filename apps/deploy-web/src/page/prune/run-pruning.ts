// Prunes in this worker: the target "web" on the runtime of this browser, which starts a worker of its own for every
// model it runs. The result leaves as blobs, which the browser keeps outside of the tab's memory.

import type { ProgressListener } from "@espalier/core";
import { BROWSER_LIMITS } from "@espalier/ir";
import { artefactFiles } from "@espalier/report";
import { webHost, webRuntime } from "@espalier/runtime-web";
import { web } from "@espalier/web";
import type { OpenModel } from "./open-model.js";
import type { PrunedModel, PruneRequest } from "./tasks.js";

/** One run of the network; a page has all the time there is, and a button to cancel. */
const RUN_MS = 300_000;

/** @throws EspalierError `MISMATCH` when the proof fails: then nothing is handed out */
export async function runPruning(
  { bytes, external, name, dims }: OpenModel,
  { ratio, step, allowInexact, measure }: PruneRequest,
  onProgress: ProgressListener,
): Promise<PrunedModel> {
  onProgress({ phase: "groups", done: 0, total: 1, unit: "networks" });
  const host = webHost();
  const result = await web.prune(bytes, {
    runtime: webRuntime(),
    host,
    limits: BROWSER_LIMITS,
    external,
    dims,
    budget: { ratio },
    step,
    allowInexact,
    measure,
    sourcePath: name,
    timeoutMs: RUN_MS,
    onProgress,
  });
  onProgress({ phase: "files", done: 0, total: 1, unit: "files" });
  const { files, receipt } = await artefactFiles(result, host, { reports: ["html"] });
  return {
    receipt,
    files: files.map(({ path, role, bytes: content }) => ({
      path,
      role,
      blob: new Blob([content as Uint8Array<ArrayBuffer>], { type: typeOf(path) }),
    })),
  };
}

function typeOf(path: string): string {
  if (path.endsWith(".json")) return "application/json";
  return path.endsWith(".html") ? "text/html" : "application/octet-stream";
}
