// One block of mutated TFLite files, replayable from (seed, block) alone, and the promise that they are held to: any
// bytes end, soon, in a model or in an EspalierError that some check threw; a model that opens can be written, and is
// then read as the same.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { seededRandom } from "@espalier/core";
import { isEspalierError } from "@espalier/ir";
import { readTflite, writeTflite } from "@espalier/tflite";
import { sampleFile, tinyModel } from "../hostile/tflite/tflite-case.js";
import { mutateTflite } from "./tflite-mutate.js";

export const TFLITE_BLOCK_INPUTS = 1000;
/** Far above what such files can honestly take. */
const SLOW_MS = 1000;

export interface TfliteFinding {
  readonly block: number;
  readonly index: number;
  readonly problem: string;
  readonly bytes: Uint8Array;
}

export interface TfliteBlock {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly findings: readonly TfliteFinding[];
}

/** @param root  of the repository */
export function tfliteCorpus(root: string): Uint8Array[] {
  const folder = join(root, "packages/tflite/fixtures");
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".tflite"))
    .sort()
    .map((name) => new Uint8Array(readFileSync(join(folder, name))));
  return [sampleFile(), sampleFile(), tinyModel(), ...files];
}

export function fuzzTfliteBlock(
  corpus: readonly Uint8Array[],
  seed: number,
  block: number,
  count: number = TFLITE_BLOCK_INPUTS,
): TfliteBlock {
  const random = seededRandom(seed, `fuzz tflite ${block}`);
  const outcomes: Record<string, number> = {};
  const findings: TfliteFinding[] = [];
  for (let index = 0; index < count; index++) {
    const bytes = mutateTflite(corpus, random);
    const { outcome, problem } = checkTflite(bytes);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (problem !== null) findings.push({ block, index, problem, bytes });
  }
  return { outcomes, findings };
}

/** What reading ends in ("opens" or a code), and what breaks the promise. */
export function checkTflite(bytes: Uint8Array): { outcome: string; problem: string | null } {
  const verdict = attempt(bytes);
  if (verdict.tookMs <= SLOW_MS) return verdict;
  // A busy machine is slow now and then, a bad input always.
  const tookMs = Math.min(...[1, 2, 3].map(() => attempt(bytes).tookMs));
  const problem = verdict.problem ?? (tookMs > SLOW_MS ? `took ${Math.round(tookMs)} ms` : null);
  return { outcome: verdict.outcome, problem };
}

interface Verdict {
  readonly outcome: string;
  readonly problem: string | null;
  readonly tookMs: number;
}

function attempt(bytes: Uint8Array): Verdict {
  const start = performance.now();
  const verdict = (outcome: string, problem: string | null): Verdict => ({
    outcome,
    problem,
    tookMs: performance.now() - start,
  });
  try {
    const model = readTflite(bytes);
    const again = readTflite(writeTflite(model));
    const isSame = isDeepStrictEqual(again, model);
    return verdict("opens", isSame ? null : "written and read again it is another model");
  } catch (error) {
    if (!isEspalierError(error)) return verdict("other exception", String(error));
    // The reader's safety net: an exception that no check foresaw.
    return verdict(error.code, error.cause === undefined ? null : `unforeseen ${error.cause}`);
  }
}
