// Writes the JavaScript of what the command line loads to start and to report: one file for each entry, from the sources, where
// `tsc -b` has written the declarations alone. Loaded file by file they take most of the time that the command line
// needs to start. Other packages are as tsc writes them.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { rolldown } from "rolldown";

const PACKAGES = [
  "packages/ir",
  "packages/core",
  "packages/train",
  "packages/data",
  "packages/interchange",
  "packages/calibration",
  "packages/deploy",
  "packages/report",
  "apps/cli",
];

/** From the root of the repository. Does nothing where no source has changed. */
export async function bundlePackages() {
  for (const folder of PACKAGES) {
    const stampFile = join(folder, "dist/.bundled");
    const stamp = stampOf(folder);
    if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) continue;
    await bundle(folder);
    writeFileSync(stampFile, stamp);
  }
}

/** @param {string} folder */
async function bundle(folder) {
  for (const file of filesIn(join(folder, "dist"))) if (/\.js(\.map)?$/.test(file)) rmSync(file);
  const { exports, bin = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const entries = [...Object.values(exports), ...Object.values(bin)].flatMap((entry) => {
    const built = typeof entry === "string" ? entry : entry.default;
    if (!built.endsWith(".js")) return [];
    const name = relative("dist", built).replace(/\.js$/, "");
    return [[name, join(folder, "src", `${name}.ts`)]];
  });
  const build = await rolldown({
    input: Object.fromEntries(entries),
    // Other packages stay other packages.
    external: (id, importer) => importer !== undefined && !id.startsWith(".") && !isAbsolute(id),
    platform: "neutral",
  });
  await build.write({
    ...{ dir: join(folder, "dist"), format: "esm", sourcemap: true },
    ...{ entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
  });
  await build.close();
}

/** Of all that decides what is written. @param {string} folder */
function stampOf(folder) {
  const hash = createHash("sha256");
  for (const file of [join(folder, "package.json"), "scripts/bundle.mjs", ...filesIn(join(folder, "src"))]) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/** @param {string} folder */
function filesIn(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
