// Writes the table of docs/zoo.md: every network with what was counted in it.
//
//   node scripts/zoo-table.mjs          after a build
//
// test/node/zoo-page.test.ts fails while the file is not what this gives.

import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

/**
 * @typedef {{ readonly title: string, readonly builder: string, readonly paper: string, readonly parameters: number,
 *   readonly macs: number, readonly groups: number, readonly input: string }} CountedNetwork
 */

export const ZOO_FILE = fileURLToPath(new URL("../docs/zoo.md", import.meta.url));

const BEGIN = "<!-- the table: node scripts/zoo-table.mjs -->\n\n";
const END = "\n<!-- end of the table -->";

/**
 * `page` with the table of `networks` in its place.
 *
 * @param {string} page
 * @param {readonly CountedNetwork[]} networks
 */
export function zooPage(page, networks) {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error("docs/zoo.md has no place for the table");
  return page.slice(0, begin + BEGIN.length) + table(networks.map(row)) + page.slice(end);
}

const COLUMNS = ["Network", "Builder", "Paper", "Input", "Parameters", "MACs", "Groups"];

/** @param {CountedNetwork} network */
function row({ title, builder, paper, input, parameters, macs, groups }) {
  return [
    title,
    `\`${builder}\``,
    paper,
    input,
    parameters.toLocaleString("en-US"),
    macs >= 1e9 ? `${(macs / 1e9).toFixed(2)} G` : `${(macs / 1e6).toFixed(macs >= 1e8 ? 1 : 2)} M`,
    String(groups),
  ];
}

/**
 * A Markdown table in aligned columns, as the formatter wants it.
 *
 * @param {readonly (readonly string[])[]} rows
 */
function table(rows) {
  const all = [COLUMNS, ...rows];
  const widths = COLUMNS.map((_, i) => Math.max(...all.map((cells) => (cells[i] ?? "").length)));
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |\n`;
  return [COLUMNS, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("");
}

/**
 * Counts the networks with the given packages (their sources in tests, their builds here).
 *
 * @param {Pick<typeof import("../packages/core/src/index.js"), "countMacs" | "defaultHandlers" | "findCoupledGroups">} core
 * @param {Pick<typeof import("../packages/ir/src/index.js"), "inferFacts" | "resolveBindings" | "shapeText">} ir
 * @param {Pick<typeof import("../packages/zoo/src/index.js"), "countTrained" | "ZOO_NETWORKS">} zoo
 * @returns {CountedNetwork[]}
 */
export function countNetworks(core, ir, zoo) {
  const handlers = core.defaultHandlers();
  return zoo.ZOO_NETWORKS.map(({ title, builder, paper, build, dims }) => {
    const model = build();
    const { bindings } = ir.resolveBindings(model, dims ?? {});
    const facts = ir.inferFacts(model, { bindings });
    const [input] = model.graph.inputs;
    if (input === undefined) throw new Error(`${builder} has no input`);
    const macs = core.countMacs(model, facts, handlers).total;
    if (macs === null) throw new Error(`the MACs of ${builder} depend on an open dimension`);
    return {
      ...{ title, builder, paper, macs },
      parameters: zoo.countTrained(model),
      groups: core.findCoupledGroups(model, ir.inferFacts(model), handlers).groups.length,
      input: `\`${ir.shapeText(facts.shape(input))}\``,
    };
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const built = (/** @type {string} */ name) =>
    import(new URL(`../packages/${name}/dist/index.js`, import.meta.url).href);
  const [core, ir, zoo] = await Promise.all(["core", "ir", "zoo"].map(built));
  writeFileSync(ZOO_FILE, zooPage(readFileSync(ZOO_FILE, "utf8"), countNetworks(core, ir, zoo)));
}
