// benchmarks/README.md: every benchmark has its row, and the data folder is the one that it describes.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { dataFolder, modelNames } from "../data-folder.js";

const BENCHMARKS = fileURLToPath(new URL("../../benchmarks/", import.meta.url));
const page = readFileSync(join(BENCHMARKS, "README.md"), "utf8");
const rows = [...page.matchAll(/^\| `([^`]+)` +\| +(\d+) \| `([0-9a-f]{64})`/gm)].map(
  ([, path, bytes, sha256]) => ({
    path: path as string,
    bytes: Number(bytes),
    sha256: sha256 as string,
  }),
);
const digest = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

it("has a row for every benchmark", () => {
  const programs = readdirSync(BENCHMARKS).filter((name) => name.endsWith(".mjs"));
  const parts = programs.filter((name) => /-(table|data|picture)\.mjs$/.test(name));
  for (const name of programs.filter((one) => !parts.includes(one))) expect(page).toContain(`](${name})`);
  for (const [, name] of page.matchAll(/\]\((\w[\w-]*\.mjs)\)/g)) expect(programs).toContain(name);
});

it.skipIf(dataFolder === null)("lists networks that are all there, and files as they are", () => {
  const place = dataFolder ?? "";
  const listed = rows.flatMap(({ path }) => /^onnx\/(.*)\.onnx$/.exec(path)?.[1] ?? []);
  expect(modelNames).toEqual(expect.arrayContaining(listed));
  // Data sets may lie there in other forms as well: docs/data-sets.md.
  for (const { path, bytes, sha256 } of rows.filter((row) => existsSync(join(place, row.path)))) {
    const files = path.endsWith("/") ? readdirSync(join(place, path)).sort() : [""];
    const contents = files.map((name) => readFileSync(join(place, path, name)));
    expect(
      contents.reduce((sum, { byteLength }) => sum + byteLength, 0),
      path,
    ).toBe(bytes);
    const [only] = contents;
    const lines = files.map((name, i) => `${digest(contents[i] as Uint8Array)}  ${name}\n`).join("");
    expect(digest(path.endsWith("/") ? lines : (only as Uint8Array)), path).toBe(sha256);
  }
});
