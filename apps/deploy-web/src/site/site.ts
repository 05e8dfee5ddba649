// The site of deploy-web: both pages, their scripts, and what a visitor fetches of each engine.

import { fileURLToPath } from "node:url";
import type { SizeBytes } from "@espalier/core";
import { bundlePages, type Deployment, type SiteParts, STYLE } from "@espalier/page/node";
import { nodeHost } from "@espalier/runtime-node";
import { engineDownload } from "@espalier/runtime-web/node";
import { PRUNE_STYLE } from "./prune-style.js";
import { demoPage, prunePage } from "./shell.js";

/** Builds the scripts; the pages follow from the deployment. */
export async function buildSite(): Promise<(deployment: Deployment) => SiteParts> {
  const { scripts, files } = await bundlePages(fileURLToPath(ROOT), {
    demo: builtScript("demo"),
    prune: builtScript("prune"),
  });
  return (deployment) => ({
    pages: { "index.html": demoPage(deployment, scripts), "prune.html": prunePage(scripts) },
    style: STYLE + PRUNE_STYLE,
    files,
  });
}

const ROOT = new URL("../..", import.meta.url);

/** This package's built page script, also where this module runs from its source. */
function builtScript(page: string): string {
  return fileURLToPath(new URL(`dist/page/${page}/main.js`, ROOT));
}

/** The one that pages begin with first. */
export async function engineSizes(): Promise<Readonly<Record<string, SizeBytes>>> {
  return { wasm: await engineSize("wasm"), webgpu: await engineSize("webgpu") };
}

/** The brotli of an engine takes half a minute; its gzip a second. */
async function engineSize(engine: "wasm" | "webgpu"): Promise<SizeBytes> {
  const { gzipSize } = nodeHost();
  return (await engineDownload(engine, { gzipSize, brotliSize: null })).total;
}
