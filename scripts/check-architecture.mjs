// Enforces the house rules (scripts/architecture/) over all sources and prints the files over 300 lines, which are
// only a place to look: two concepts in one room?

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkFile } from "./architecture/rules.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const folders = ["packages", "apps", "examples", "notebooks", "test", "tools", "scripts"];
const skipped = new Set(["node_modules", "dist", "fixtures"]);

const violations = [];
const long = [];
let files = 0;
for (const path of folders.flatMap(sources)) {
  const text = readFileSync(path, "utf8");
  files++;
  violations.push(...checkFile(path, text));
  const lines = text.split("\n").length - 1;
  if (lines > 300 && !/\.test\.(ts|mjs)$|_pb\.ts$/.test(path)) long.push({ path, lines });
}

for (const { path, line, message } of violations) console.error(`${path}:${line}: ${message}`);
if (long.length > 0) {
  console.log("files over 300 lines (for information):");
  for (const { path, lines } of long.sort((a, b) => b.lines - a.lines)) {
    console.log(`${String(lines).padStart(6)}  ${path}`);
  }
}
console.log(`${files} files, ${violations.length} violation${violations.length === 1 ? "" : "s"}`);
process.exitCode = violations.length === 0 ? 0 : 1;

/** @param {string} folder @returns {string[]} */
function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = join(folder, entry.name).replaceAll("\\", "/");
    if (entry.isDirectory()) return sources(path);
    return /\.(ts|tsx|mts|mjs|js)$/.test(entry.name) ? [path] : [];
  });
}
