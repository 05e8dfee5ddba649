// What all studies share: where checkpoints lie, how results are kept, progress on stderr.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { loadCifar10 } from "../packages/data/dist/node/index.js";
import { folderCheckpoints, nodeHost, nodeRuntime } from "../packages/runtime-node/dist/index.js";

export const host = nodeHost();
/** One thread: two studies fit beside each other on two cores, and sums have one order. */
export const runtime = nodeRuntime({ threads: 1 });

/** Checkpoints and finished runs of a study: not in the repository, so that a study that was stopped goes on. */
export function storeOf(study) {
  return folderCheckpoints(`.espalier/studies/${study}`);
}

export function requireData() {
  if (!process.env.ESPALIER_DATA) throw new Error("ESPALIER_DATA names the folder with models and data sets");
  return process.env.ESPALIER_DATA;
}

/** What studies of the trained ResNet-56 train and judge on, as it takes images: 10,000 and 2,000, and their figures are of these. */
export async function cifarParts() {
  const normalise = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
  const { train, test } = await loadCifar10({ normalise });
  if (train.count !== 10_000 || test.count !== 2000)
    throw new Error("The data folder holds other parts of CIFAR-10 than train_10k and test_2k");
  return { train, test };
}

/**
 * `--seeds 1,2` on the command line: a part of the work, for a second process beside the first. Its runs lie in the store
 * then; a call for all seeds gathers them.
 */
export function seedsFrom(flags, all) {
  const at = flags.indexOf("--seeds");
  return { seeds: at < 0 ? all : flags[at + 1].split(",").map(Number), gathers: at < 0 };
}

export function readResult(study) {
  try {
    return JSON.parse(readFileSync(resultPath(study), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

export function writeResult(study, result) {
  const path = resultPath(study);
  mkdirSync(dirname(path), { recursive: true });
  const { command, ...rest } = result;
  const made = { command, runtime: runtime.name, machine: host.machine() };
  writeFileSync(path, `${JSON.stringify({ ...made, ...rest }, null, 1)}\n`);
}

/**
 * Puts a table into docs/`page`.md, between `<!-- table: STUDY -->` and `<!-- end of table -->`.
 *
 * @param {readonly (readonly string[])[]} rows the first are the heads
 * @param {string} [note] stands before it
 */
export function writeTable(page, study, [heads, ...rows], note) {
  const path = `docs/${page}.md`;
  const text = readFileSync(path, "utf8");
  const begin = `<!-- table: ${study} -->\n`;
  const [from, to] = [text.indexOf(begin), text.indexOf("<!-- end of table -->", text.indexOf(begin))];
  if (from < 0 || to < 0) throw new Error(`${path} has no place for the table of ${study}`);
  const lines = [heads, heads.map((_, i) => (i === 0 ? "---:" : "---")), ...rows];
  const table = lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
  const before = text.slice(0, from + begin.length);
  writeFileSync(path, `${before}\n${note === undefined ? "" : `${note}\n\n`}${table}\n${text.slice(to)}`);
}

/** A listener that says at most every ten seconds where a run is. */
export function progress(title) {
  let last = Number.NEGATIVE_INFINITY;
  return ({ done, total, loss, accuracy, samplesPerSecond, secondsLeft }) => {
    if (performance.now() - last < 10_000) return;
    last = performance.now();
    const parts = [
      `${title}: step ${done} of ${total}`,
      `loss ${loss.toFixed(4)}`,
      ...(accuracy === null ? [] : [`accuracy ${(100 * accuracy).toFixed(1)} %`]),
      ...(samplesPerSecond ? [`${samplesPerSecond.toFixed(0)} images/s`] : []),
      ...(secondsLeft ? [`${(secondsLeft / 60).toFixed(1)} min left`] : []),
    ];
    console.error(parts.join(", "));
  };
}

function resultPath(study) {
  return `studies/results/${study}.json`;
}
