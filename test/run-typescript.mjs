// Runs a TypeScript command of the tests from the sources: bundled into .cache first, then plain Node.
// Usage: node test/run-typescript.mjs test/fuzz/campaign.ts --count 1000

import { spawnSync } from "node:child_process";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const [entry = "", ...args] = process.argv.slice(2);
const name = basename(entry, ".ts");
const outDir = join(root, ".cache/commands", name);
await build({
  root,
  configFile: false,
  logLevel: "error",
  ssr: {
    noExternal: [/^@espalier\//, /^@bufbuild\//, /^flatbuffers/, /^pure-rand/],
    resolve: { conditions: ["@espalier/source"] },
  },
  resolve: { conditions: ["@espalier/source", "import", "module", "node", "default"] },
  build: { ssr: join(root, entry), outDir, emptyOutDir: true, minify: false, target: "node20" },
});
const { status } = spawnSync(process.execPath, [join(outDir, `${name}.js`), ...args], {
  cwd: root,
  stdio: "inherit",
});
process.exitCode = status ?? 1;
