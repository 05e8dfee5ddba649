// Runs the cells of one notebook in this process, as tslab's Jupyter kernel would, and sends what happened to
// the parent: { outcomes } or { failure }. Started by run.mjs in the notebook's folder.
//
// Built on files that tslab does not call public, so its version is pinned exactly. What this does that the
// kernel does not: a rejected promise that nobody awaits fails the notebook. tslab takes over process.stdout,
// which is why results go through the channel to the parent.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { inspect } from "node:util";
import { codeCells, sourceOf } from "./notebook-file.mjs";

/** @typedef {import("./notebook-file.mjs").Output} Output */
/** @typedef {import("./notebook-file.mjs").Outcome} Outcome */

const require = createRequire(import.meta.url);
const { createConverter } = require("tslab/dist/converter.js");
const { createExecutor } = require("tslab/dist/executor.js");
const { JupyterHandlerImpl } = require("tslab/dist/jupyter.js");

const cells = codeCells(JSON.parse(readFileSync(/** @type {string} */ (process.argv[2]), "utf8")));
/** @type {Outcome[]} */
const outcomes = [];
/** @type {{ cell: number, source: string, message: string } | undefined} */
let failure;

/** The first failure counts; later ones are its consequences. Nothing is waited for then. */
const fail = (/** @type {string} */ message) => {
  if (failure !== undefined) return;
  const last = outcomes.length - 1;
  failure = { cell: last + 1, source: cells[last] ? sourceOf(cells[last]) : "", message };
  process.send?.({ failure }, () => process.exit(1));
};
process.on("unhandledRejection", (reason) =>
  fail(`A promise was rejected and nobody waits for it:\n${inspect(reason)}`),
);
process.on("uncaughtException", (error) => fail(inspect(error)));

const converter = createConverter({ isJS: false, isBrowser: false });
const converters = { node: converter, browser: converter, close: () => converter.close() };
const executor = createExecutor(process.cwd(), converters, console);
const kernel = new JupyterHandlerImpl(executor, false);

for (const cell of cells) {
  /** @type {Output[]} */
  const outputs = [];
  outcomes.push({ outputs, executionCount: outcomes.length + 1 });
  const { status } = await kernel.handleExecute(
    { code: sourceOf(cell), silent: false, store_history: true, user_expressions: {} },
    (name, text) => addText(outputs, name, text),
    ({ data, metadata }) => {
      const texts = /** @type {Record<string, string>} */ (data); // pictures come in base64
      outputs.push({ output_type: "display_data", data: texts, metadata });
    },
  );
  await new Promise((resolve) => setImmediate(resolve)); // rejections of this cell are reported before the next
  if (status !== "ok") fail(outputs.map((output) => (output.name === "stderr" ? output.text : "")).join(""));
  if (failure) break;
}
kernel.close();

// Nothing left to do: what still ran after the last cell has ended, well or not.
process.once("beforeExit", () => process.send?.({ outcomes }));

/**
 * Consecutive text of one stream is one output, as in a notebook that Jupyter saved.
 *
 * @param {Output[]} outputs
 * @param {string} name
 * @param {string} text
 */
function addText(outputs, name, text) {
  const last = outputs.at(-1);
  if (last?.output_type === "stream" && last.name === name) last.text += text;
  else outputs.push({ output_type: "stream", name, text });
}
