// Builds the pages of the tests into a temporary folder, as users of the two bundlers would.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, defaultClientConditions } from "vite";
import webpack from "webpack";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The page of pages/runtime, by vite from the packages' sources. */
export async function buildWithVite(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "espalier-vite-"));
  await build({
    root: join(here, "runtime"),
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
  const compiler = webpack({
    mode: "development",
    devtool: false,
    performance: false,
    context: here,
    entry: "./webpack/main.js",
    output: { path: folder },
  });
  await new Promise<void>((done, failed) => {
    compiler.run((error, stats) => {
      if (error || stats?.hasErrors())
        failed(error ?? new Error(stats?.toString({ all: false, errors: true })));
      else compiler.close(() => done());
    });
  });
  writeFileSync(
    join(folder, "index.html"),
    '<!doctype html><title>webpack</title><script src="main.js"></script>',
  );
  return folder;
}
