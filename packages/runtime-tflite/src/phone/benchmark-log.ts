// What TFLite's benchmark tool (benchmark_model, on a phone or anywhere) prints, as data. Lines may carry the prefix of
// Android's log ("I tflite  : ") or of newer versions ("INFO: "), and other programs' lines may stand between.
//
// Source: BenchmarkLoggingListener in tensorflow/lite/tools/benchmark/benchmark_model.cc; the parameters are described in
// tensorflow/lite/tools/benchmark/README.md.

import { logError, parseNumber } from "./log-error.js";
import { type ProfiledGraph, parseProfile } from "./operator-profile.js";
import { parseRunTimes, type RunTimes } from "./run-times.js";

export interface BenchmarkLog {
  /** Loading the model and preparing the interpreter. */
  readonly initMs: number;
  /** The first run at all, cold. */
  readonly firstMs: number;
  /** null where none were asked for. */
  readonly warmUp: RunTimes | null;
  readonly runs: RunTimes;
  /** What the whole tool grew by; null where the system does not tell. */
  readonly memory: { readonly initMiB: number; readonly overallMiB: number } | null;
  /** Operator by operator; null where it was not asked for. */
  readonly profile: readonly ProfiledGraph[] | null;
}

const BLOCK = "Running benchmark for at least";
const TIMES = /count=\d.*$/;
const SUMMARY =
  /Inference timings in us: Init: (\S+), First inference: (\S+), Warmup \(avg\): (\S+), Inference \(avg\): (\S+)/;
const MEMORY = /emory footprint.*\(MB\): init=(\S+) overall=(\S+)/;
const TROUBLE = /error|fail/i;
/** Of the mean, which is printed with six digits in two places. */
const PRINT_ERROR = 1e-5;

/**
 * Reads the log of one call of the tool.
 *
 * @throws EspalierError `INVALID_LOG` where it is no such log, is cut off, contradicts itself, or tells of a failure
 */
export function parseBenchmarkLog(text: string): BenchmarkLog {
  const lines = text.split(/\r?\n/);
  const summaryAt = lines.findIndex((line) => SUMMARY.test(line));
  if (summaryAt < 0) throw unfinished(lines);
  if (lines.findLastIndex((line) => SUMMARY.test(line)) !== summaryAt) {
    throw logError("Several logs in one", "one summary of inference timings", "more than one");
  }
  const [, init, first, , mean] = SUMMARY.exec(lines[summaryAt] as string) as RegExpExecArray;
  const blocks = parseBlocks(lines.slice(0, summaryAt));
  const runs = blocks.at(-1) ?? null;
  if (runs === null) throw logError("The log has no runs", "a line count=…", "none before the summary");
  const meanMs = parseNumber(mean, "The mean time", 0) / 1000;
  if (Math.abs(meanMs - runs.meanMs) > PRINT_ERROR * meanMs) {
    throw logError("The log contradicts itself", `a mean of ${runs.meanMs} ms`, `${meanMs} ms`);
  }
  return {
    initMs: parseNumber(init, "The time to load", 0) / 1000,
    firstMs: parseNumber(first, "The time of the first run", 0) / 1000,
    warmUp: blocks.at(-2) ?? null,
    runs,
    memory: parseMemory(lines),
    profile: parseProfile(lines.slice(summaryAt)),
  };
}

/** The blocks of runs in order: those to warm up, then those that count. */
function parseBlocks(lines: readonly string[]): (RunTimes | null)[] {
  const blocks: (RunTimes | null)[] = [];
  let open = false;
  for (const line of lines) {
    if (line.includes(BLOCK)) open = true;
    const times = TIMES.exec(line)?.[0];
    if (!open || times === undefined) continue;
    blocks.push(parseRunTimes(times));
    open = false;
  }
  return blocks;
}

function parseMemory(lines: readonly string[]): BenchmarkLog["memory"] {
  const found = lines.map((line) => MEMORY.exec(line)).find((match) => match !== null);
  if (found === undefined) return null;
  // Negative where the tool gave memory back meanwhile.
  return {
    initMiB: parseNumber(found[1], "Memory", Number.NEGATIVE_INFINITY),
    overallMiB: parseNumber(found[2], "Memory", Number.NEGATIVE_INFINITY),
  };
}

function unfinished(lines: readonly string[]): Error {
  const trouble = lines.filter((line) => TROUBLE.test(line)).slice(-3);
  const last = lines.findLast((line) => line.trim() !== "") ?? "nothing";
  return logError(
    trouble.length > 0 ? "The benchmark tool failed" : "The log has no result",
    "a line Inference timings in us: …",
    trouble.length > 0 ? trouble.join("; ") : `it ends with: ${last}`,
  );
}
