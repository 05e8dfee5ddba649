// Measuring on an Android phone: the text of a shell script that puts the benchmark tool and some models on it, runs
// them in turns (A B, B A, A B, …), so that what the phone does meanwhile meets all of them alike, and prints one log;
// and what that log says.

import { type LatencyStatistics, summariseSamples } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { type BenchmarkLog, parseBenchmarkLog } from "./benchmark-log.js";
import { logError } from "./log-error.js";

export interface PhoneScriptOptions {
  /** Path on this machine of the benchmark tool for the phone's processor. */
  readonly tool: string;
  /** Paths on this machine by label. */
  readonly models: Readonly<Record<string, string>>;
  /** @default 1 */
  readonly threads?: number;
  /**
   * Calls of the tool for each model; each becomes one sample of the latency.
   *
   * @default 10
   */
  readonly rounds?: number;
  /**
   * Runs in each call.
   *
   * @default 30
   */
  readonly runs?: number;
  /**
   * Once more at the end, operator by operator.
   *
   * @default false
   */
  readonly profile?: boolean;
  /** Cores to run on, as the hexadecimal mask of `taskset`; all where it is not given. */
  readonly cores?: string;
  /** Lines that the log begins with. */
  readonly about?: readonly string[];
}

/** The measurement of one model. */
export interface PhoneMeasurement {
  readonly latency: LatencyStatistics;
  /** Of every round. */
  readonly logs: readonly BenchmarkLog[];
  /** The call with a profile; null where there was none. */
  readonly profiled: BenchmarkLog | null;
}

const FOLDER = "/data/local/tmp/espalier";
const MARK = "ESPALIER";

/**
 * The script. It needs `adb` and one phone with its developer options on.
 *
 * @throws EspalierError `INVALID_OPTION`
 */
export function phoneScript(options: PhoneScriptOptions): string {
  const { tool, models, threads = 1, rounds = 10, runs = 30, profile = false, cores, about = [] } = options;
  for (const [name, value] of Object.entries({ threads, rounds, runs })) {
    if (!Number.isInteger(value) || value < 1) throw optionError(name, "an integer from 1", String(value));
  }
  if (cores !== undefined && !/^[0-9a-f]+$/i.test(cores))
    throw optionError("cores", "a hexadecimal mask", cores);
  const labels = Object.keys(models);
  if (labels.length === 0) throw optionError("models", "one at least", "none");
  const call = (label: string, what: string, flags: string): string[] => {
    const command = [
      ...(cores === undefined ? [] : [`taskset ${cores}`]),
      `${FOLDER}/benchmark_model --graph=${FOLDER}/${labels.indexOf(label)}.tflite --num_threads=${threads} ${flags}`,
    ].join(" ");
    return [
      `printf '%s\\n' ${quote(`${MARK} ${JSON.stringify({ label, what })}`)}`,
      `adb shell ${quote(`${command} 2>&1`)}`,
    ];
  };
  const turns = Array.from({ length: rounds }, (_, round) =>
    (round % 2 === 0 ? labels : labels.toReversed()).flatMap((label) =>
      call(label, "round", `--num_runs=${runs} --min_secs=0 --warmup_runs=3`),
    ),
  ).flat();
  return [
    "#!/bin/sh",
    "# Keep the phone cool, on power and otherwise idle. Prints the log to stdout.",
    "set -eu",
    ...about.map((line) => `printf '%s\\n' ${quote(line)}`),
    `adb shell mkdir -p ${FOLDER} >&2`,
    `adb push ${quote(tool)} ${FOLDER}/benchmark_model >&2`,
    `adb shell chmod 755 ${FOLDER}/benchmark_model >&2`,
    ...Object.values(models).map((path, i) => `adb push ${quote(path)} ${FOLDER}/${i}.tflite >&2`),
    ...turns,
    ...(profile
      ? labels.flatMap((label) => call(label, "profile", `--num_runs=${runs} --enable_op_profiling=true`))
      : []),
    `adb shell rm -r ${FOLDER} >&2`,
    "",
  ].join("\n");
}

/**
 * What a log of the script says, by label. A sample of a latency is the mean of one call of the tool.
 *
 * @param place what measured, for the result: "benchmark_model, Pixel 8"
 * @throws EspalierError `INVALID_LOG`
 */
export function parsePhoneLog(
  text: string,
  {
    threads = 1,
    batch = null,
    place,
  }: { readonly threads?: number; readonly batch?: number | null; readonly place: string },
): Readonly<Record<string, PhoneMeasurement>> {
  const parts = text.split(new RegExp(`^${MARK} (.*)\\r?$`, "m"));
  const found = new Map<string, { logs: BenchmarkLog[]; profiled: BenchmarkLog | null }>();
  for (let i = 1; i < parts.length; i += 2) {
    const { label, what } = parseMark(parts[i] as string);
    const one = found.get(label) ?? { logs: [], profiled: null };
    const log = parseBenchmarkLog(parts[i + 1] as string);
    if (what === "profile") one.profiled = log;
    else one.logs.push(log);
    found.set(label, one);
  }
  const rounds = new Set([...found.values()].map(({ logs }) => logs.length));
  if (rounds.size !== 1 || rounds.has(0)) {
    throw logError(
      "The models ran in different numbers of rounds",
      "one number",
      [...rounds].join(", ") || "none",
    );
  }
  return Object.fromEntries(
    [...found].map(([label, { logs, profiled }]) => [
      label,
      { latency: latencyOf(logs, { threads, batch }, place), logs, profiled },
    ]),
  );
}

function latencyOf(
  logs: readonly BenchmarkLog[],
  settings: { readonly threads: number; readonly batch: number | null },
  place: string,
): LatencyStatistics {
  const runsPerSample = Math.min(...logs.map(({ runs }) => runs.runs));
  return summariseSamples(
    logs.map(({ runs }) => runs.meanMs),
    { ...settings, runsPerSample },
    place,
  );
}

function parseMark(text: string): { readonly label: string; readonly what: string } {
  try {
    const { label, what } = JSON.parse(text) as { label: unknown; what: unknown };
    if (typeof label === "string" && (what === "round" || what === "profile")) return { label, what };
  } catch {
    // Refused below.
  }
  throw logError("A mark of the script is damaged", "a label", text);
}

/** For a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function optionError(where: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", `The option ${where} makes no sense`, {
    where,
    expected,
    found,
  });
}
