// Packs every public package as it would be published and looks at the tarballs: publint, are-the-types-wrong, and
// nothing inside that only this workspace can use.

import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { unpack } from "@publint/pack";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { pnpm } from "./pnpm.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const folder = ".cache/pack";
const OLDER = ["node10", "node16-cjs"];
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const filters = ["--filter", "./packages/*", "--filter", "./apps/*"];
if (pnpm(["--silent", "-r", ...filters, "pack", "--pack-destination", folder]) !== 0) process.exit(1);

let problems = 0;
const tarballs = readdirSync(folder).map((name) => `${folder}/${name}`);
for (const tarball of tarballs) {
  const bytes = new Uint8Array(readFileSync(tarball));
  const { rootDir, files } = await unpack(bytes.buffer);
  const found = [...(await lint(rootDir, files)), ...(await wrongTypes(bytes)), ...strays(files)];
  for (const problem of found) console.error(`${tarball}: ${problem}`);
  problems += found.length;
}
console.log(`${tarballs.length} packages packed, ${problems} problem${problems === 1 ? "" : "s"}`);
process.exitCode = problems === 0 && tarballs.length > 0 ? 0 : 1;

/**
 * @param {string} pkgDir
 * @param {{ name: string, data: Uint8Array }[]} files
 */
async function lint(pkgDir, files) {
  const { messages, pkg } = await publint({ pkgDir, pack: { files }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

/** Of what only older resolutions see nothing is said: the packages are ESM. @param {Uint8Array} tarball */
async function wrongTypes(tarball) {
  const found = await checkPackage(createPackageFromTarballData(tarball));
  if (!("problems" in found)) return []; // no types, none wrong
  return found.problems
    .filter((problem) => !("resolutionKind" in problem && OLDER.includes(problem.resolutionKind)))
    .map((problem) => `are-the-types-wrong: ${JSON.stringify(problem)}`);
}

/** @param {{ name: string, data: Uint8Array }[]} files */
function strays(files) {
  const found = files
    .filter(({ name }) => /\.test\.|\.tsbuildinfo$|\.tgz$/.test(name))
    .map(({ name }) => `${name} does not belong in a package`);
  for (const { name, data } of files) {
    if (!/^[^/]+\/package\.json$/.test(name)) continue;
    const manifest = new TextDecoder().decode(data);
    for (const word of ["@espalier/source", "workspace:"]) {
      if (manifest.includes(word)) found.push(`package.json still says "${word}"`);
    }
  }
  if (!files.some(({ name }) => /^[^/]+\/LICENSE$/.test(name))) found.push("no LICENSE inside");
  return found;
}
