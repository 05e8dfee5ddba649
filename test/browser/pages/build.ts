// Builds the pages of the tests into a temporary folder, as users of the two bundlers would.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, defaultClientConditions } from "vite";
import webpack from "webpack";
import { demoPage, prunePage } from "../../../apps/deploy-web/src/site/shell.js";

const here = fileURLToPath(new URL(".", import.meta.url));

/** A page of this folder, by vite from the packages' sources. */
export async function buildWithVite(page: "runtime" | "training" = "runtime"): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "espalier-vite-"));
  await build({
    root: join(here, page),
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@espalier/source", ...defaultClientConditions] },
    build: { outDir: folder, emptyOutDir: true, target: "es2023", reportCompressedSize: false },
  });
  return folder;
}

/** The page of pages/webpack, by webpack from the built packages, without any configuration. */
export async function buildWithWebpack(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "espalier-webpack-"));
  await runWebpack("./webpack/main.js", folder);
  writeFileSync(
    join(folder, "index.html"),
    '<!doctype html><title>webpack</title><script src="main.js"></script>',
  );
  return folder;
}

/** A deployed folder whose scripts are built by webpack instead, as somebody would who has webpack. */
export async function rebuildPagesWithWebpack(deployed: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "espalier-webpack-pages-"));
  cpSync(deployed, folder, { recursive: true });
  rmSync(join(folder, "assets"), { recursive: true });
  const page = join(here, "../../../apps/deploy-web/dist/page");
  await runWebpack({ demo: join(page, "demo/main.js"), prune: join(page, "prune/main.js") }, folder);
  const deployment = JSON.parse(readFileSync(join(folder, "deployment.json"), "utf8"));
  const scripts = { demo: "demo.js", prune: "prune.js" };
  writeFileSync(join(folder, "index.html"), demoPage(deployment, scripts));
  writeFileSync(join(folder, "prune.html"), prunePage(scripts));
  return folder;
}

async function runWebpack(entry: string | Record<string, string>, folder: string): Promise<void> {
  const compiler = webpack({
    mode: "development",
    devtool: false,
    performance: false,
    context: here,
    entry,
    output: { path: folder },
  });
  await new Promise<void>((done, failed) => {
    compiler.run((error, stats) => {
      if (error || stats?.hasErrors())
        failed(error ?? new Error(stats?.toString({ all: false, errors: true })));
      else compiler.close(() => done());
    });
  });
}
