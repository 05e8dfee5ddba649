// Bundles the scripts of the pages with vite: from this package's own build to files that any server can serve.

import { fileURLToPath } from "node:url";
import { EspalierError } from "@espalier/ir";
import { build, type Rollup } from "vite";
import type { PageScripts } from "./shell.js";

export interface BundledFile {
  /** Relative to the page, with "/". */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface BundledPages {
  readonly scripts: PageScripts;
  readonly files: readonly BundledFile[];
}

/** This package's built page scripts, also where this module runs from its source. */
const ENTRIES = {
  demo: fileURLToPath(new URL("../../dist/page/demo/main.js", import.meta.url)),
  prune: fileURLToPath(new URL("../../dist/page/prune/main.js", import.meta.url)),
};

/** Nothing is written. Names of files hold their content's digest. */
export async function bundlePages(): Promise<BundledPages> {
  const built = await build({
    root: fileURLToPath(new URL("../..", import.meta.url)),
    base: "./",
    configFile: false,
    envFile: false,
    publicDir: false,
    logLevel: "error",
    worker: { format: "es" },
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      reportCompressedSize: false,
      rollupOptions: { input: ENTRIES, output: { entryFileNames: "assets/[name]-[hash].js" } },
    },
  });
  const { output } = (Array.isArray(built) ? built[0] : built) as Rollup.RollupOutput;
  const files = output.map((file): BundledFile => {
    const content = file.type === "chunk" ? file.code : file.source;
    return {
      path: file.fileName,
      bytes: typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content),
    };
  });
  return { scripts: { demo: entry(output, "demo"), prune: entry(output, "prune") }, files };
}

function entry(output: Rollup.RollupOutput["output"], name: string): string {
  const found = output.find((file) => file.type === "chunk" && file.isEntry && file.name === name);
  if (found === undefined)
    throw new EspalierError("UNAVAILABLE", "The pages cannot be built", { where: name });
  return found.fileName;
}
