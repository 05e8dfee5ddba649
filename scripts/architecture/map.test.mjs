// The map in docs/architecture.md and CONTRIBUTING.md is that of the rules and of the folders, and pages find each other.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { mayImport, purePackages } from "./layout.mjs";

const ROOT = new URL("../../", import.meta.url);
const read = (/** @type {string} */ path) => readFileSync(new URL(path, ROOT), "utf8");
const foldersOf = (/** @type {string} */ path) =>
  readdirSync(new URL(path, ROOT), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
const named = (/** @type {string} */ text) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, name = ""]) => name);

const architecture = read("docs/architecture.md");
const contributing = read("CONTRIBUTING.md");
const rows = architecture
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

it("has a row for every package, with what it may import", () => {
  const packages = rows
    .map(([, folder = "", , imports = ""]) => [...named(folder), ...named(imports)])
    .flatMap(([folder = "", ...imports]) =>
      folder.startsWith("packages/") ? [[folder.slice("packages/".length), imports]] : [],
    );
  expect(Object.fromEntries(packages)).toEqual(mayImport);
  expect(foldersOf("packages/").sort()).toEqual(Object.keys(mayImport).sort());
  for (const name of Object.keys(mayImport))
    expect(named(contributing).join(" ").split(" "), name).toContain(name);
});

it("has a row for every other folder of ours, and for every folder of core", () => {
  const folders = rows.flatMap(([, folder = ""]) => named(folder));
  for (const app of foldersOf("apps/")) expect(folders).toContain(`apps/${app}`);
  for (const place of [
    "examples",
    "notebooks",
    "test",
    "benchmarks",
    "studies",
    "scripts",
    "tools/ts7",
    "types",
  ])
    expect(folders).toContain(place);
  for (const concept of foldersOf("packages/core/src/")) expect(folders).toContain(concept);
});

it("names the pure packages", () => {
  const [, listed = ""] = /directions, and that ([^:]*?) are pure/.exec(architecture) ?? [];
  expect(named(listed).sort()).toEqual([...purePackages].sort());
  const [, again = ""] = /Keep the pure packages pure\.\*\* ([^:]*?) take bytes/.exec(contributing) ?? [];
  expect(named(again).sort()).toEqual([...purePackages].sort());
});

it("links every page of docs from the README", () => {
  const readme = read("README.md");
  for (const page of readdirSync(new URL("docs/", ROOT)).filter((name) => name.endsWith(".md")))
    expect(readme).toContain(`](docs/${page})`);
});

it("has a page for every package, whose examples import what there is", () => {
  for (const name of Object.keys(mayImport)) {
    const page = read(`packages/${name}/README.md`);
    expect(page).toContain(`# @espalier/${name}\n`);
    for (const [, names = "", from = "", entry = ""] of page.matchAll(
      /import \{ ([^}]+) \} from "@espalier\/([\w-]+)(\/\w+)?"/g,
    )) {
      const index = read(`packages/${from}/src${entry}/index.ts`);
      for (const imported of names.split(", ")) expect(index, page).toMatch(new RegExp(`\\b${imported}\\b`));
    }
  }
});

it("links nothing that is not there", () => {
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    "benchmarks/README.md",
    "studies/README.md",
    "notebooks/README.md",
  ]
    .concat(
      readdirSync(new URL("docs/", ROOT))
        .filter((name) => name.endsWith(".md"))
        .map((name) => `docs/${name}`),
    )
    .concat(
      foldersOf("apps/")
        .filter((app) => app !== "cli")
        .map((app) => `apps/${app}/README.md`),
    );
  for (const page of pages)
    for (const [, link = ""] of read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g))
      expect(existsSync(new URL(link, new URL(page, ROOT))), `${page}: ${link}`).toBe(true);
});
