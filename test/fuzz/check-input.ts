// The promise that fuzzing tests: any bytes end, within time and memory, in a Model or an EspalierError. For some of
// those that open, also that what was read can be inferred, written and opened again.

import { getHeapStatistics } from "node:v8";
import { concatChunks, inferFacts, isEspalierError, type Model, readModel, writeModel } from "@espalier/ir";

export interface Verdict {
  /** "opens" or an error code. */
  readonly outcome: string;
  /** What breaks the promise; null when nothing does. */
  readonly problem: string | null;
}

const MIB = 1024 * 1024;
/** Far above what 256 KiB can honestly take, so that a busy machine is no finding. */
const SLOW_MS = 400;

/** @param deep  also infer, write and read again */
export function checkInput(bytes: Uint8Array, deep: boolean): Verdict {
  const heapBefore = usedBytes();
  const start = performance.now();
  const first = attempt(() => readModel(bytes));
  const took = performance.now() - start;
  if (first.problem !== null) return { outcome: "other exception", problem: first.problem };
  const grew = usedBytes() - heapBefore;
  const outcome = first.code ?? "opens";
  if (grew > 8 * bytes.byteLength + 64 * MIB) return { outcome, problem: `heap grew by ${grew} bytes` };
  if (took > SLOW_MS && fastest(bytes) > SLOW_MS / 2)
    return { outcome, problem: `took ${Math.round(took)} ms` };
  const problem = deep && first.value !== undefined ? again(first.value) : null;
  return { outcome, problem };
}

function fastest(bytes: Uint8Array): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    attempt(() => readModel(bytes));
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function again(model: Model): string | null {
  const facts = attempt(() => inferFacts(model));
  if (facts.problem !== null) return `inferFacts: ${facts.problem}`;
  const written = attempt(() => concatChunks(writeModel(model).chunks));
  if (written.problem !== null) return `writeModel: ${written.problem}`;
  if (written.value === undefined) return null; // weights in files that are not there
  const reread = attempt(() => readModel(written.value as Uint8Array));
  if (reread.problem !== null) return `reading again: ${reread.problem}`;
  return reread.code === null ? null : `what was written does not open: ${reread.code}`;
}

interface Attempt<T> {
  readonly value?: T;
  readonly code: string | null;
  readonly problem: string | null;
}

function attempt<T>(work: () => T): Attempt<T> {
  try {
    return { value: work(), code: null, problem: null };
  } catch (error) {
    if (!isEspalierError(error)) return { code: null, problem: describe(error) };
    // The reader's safety net: an exception that no check foresaw.
    const { cause } = error as Error;
    if (
      error.code === "MALFORMED" &&
      cause instanceof Error &&
      /^(Type|Range|Reference)Error$/.test(cause.name)
    ) {
      return { code: null, problem: `unforeseen ${describe(cause)}` };
    }
    return { code: error.code, problem: null };
  }
}

function describe(error: unknown): string {
  return error instanceof Error
    ? (error.stack ?? error.message).split("\n").slice(0, 4).join(" | ")
    : String(error);
}

function usedBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
