// Runs notebooks without Jupyter, each in a process of its own:
//
//   node run.mjs [--write] [--timeout SECONDS] [NOTEBOOK...]     (no NOTEBOOK: all of them)
//
// Exit status 1, with the cell, its source and the message, when a cell does not type-check, throws or leaves a
// rejected promise behind, and when the saved outputs are not what it prints now. --write saves them instead.

import { fork } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { staleCells, withOutputs } from "./notebook-file.mjs";

/** @typedef {import("./notebook-file.mjs").Outcome} Outcome */
/** @typedef {{ cell: number, source: string, message: string }} Failure cell 0: before the first one */

const here = fileURLToPath(new URL(".", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: "boolean", default: false },
    timeout: { type: "string", default: "120" },
  },
});

const from = process.env.INIT_CWD ?? process.cwd(); // where npm was called
const notebooks = positionals.length > 0 ? positionals.map((path) => resolve(from, path)) : allNotebooks();
for (const path of notebooks) {
  const start = performance.now();
  const result = await runNotebook(path, Number(values.timeout) * 1000);
  const problem = "failure" in result ? describe(result.failure) : settle(path, result.outcomes);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${problem === undefined ? "ok    " : "FAILED"} ${basename(path)} (${seconds} s)`);
  if (problem === undefined) continue;
  console.error(problem);
  process.exitCode = 1;
}

/** Notebooks one folder down, in order. */
function allNotebooks() {
  const folders = readdirSync(here, { withFileTypes: true }).filter(({ name }) => /^\d/.test(name));
  return folders
    .flatMap(({ name }) => readdirSync(resolve(here, name)).map((file) => resolve(here, name, file)))
    .filter((path) => path.endsWith(".ipynb"))
    .sort();
}

/**
 * @param {string} path
 * @param {number} timeoutMs
 * @returns {Promise<{ outcomes: Outcome[] } | { failure: Failure }>}
 */
function runNotebook(path, timeoutMs) {
  return new Promise((done) => {
    if (!existsSync(path)) return done({ failure: { cell: 0, source: "", message: `There is no ${path}` } });
    /** @type {{ outcomes: Outcome[] } | { failure: Failure } | undefined} */
    let result;
    const child = fork(resolve(here, "run-cells.mjs"), [path], {
      cwd: dirname(path),
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    child.on("message", (message) => {
      result = /** @type {NonNullable<typeof result>} */ (message);
    });
    child.on("exit", (status, signal) => {
      const ended =
        signal === "SIGKILL"
          ? `was stopped after ${timeoutMs / 1000} s`
          : `ended (status ${status ?? signal})`;
      const failure = { cell: 0, source: "", message: `The process ${ended} before the notebook was done.` };
      done(result ?? { failure });
    });
  });
}

/**
 * Saves or compares the outputs.
 *
 * @param {string} path
 * @param {Outcome[]} outcomes
 * @returns {string | undefined} what is wrong
 */
function settle(path, outcomes) {
  const notebook = JSON.parse(readFileSync(path, "utf8"));
  if (values.write) {
    writeFileSync(path, withOutputs(notebook, outcomes));
    return undefined;
  }
  const stale = staleCells(notebook, outcomes);
  if (stale.length === 0) return undefined;
  return `Code cell ${stale.join(", ")}: the saved output is not what it prints now. Save with --write, then look at what changed.`;
}

/** @param {Failure} failure */
function describe({ cell, source, message }) {
  return cell === 0 ? message : `Code cell ${cell}:\n${source.replace(/^/gm, "  | ")}\n${message.trimEnd()}`;
}
