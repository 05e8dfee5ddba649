// times DIR: what the script measured on a phone, the pruned file against the dense one.

import { join } from "node:path";
import type { LatencyStatistics } from "@espalier/core";
import { type Invocation, userPath } from "@espalier/deploy";
import { EspalierError } from "@espalier/ir";
import { formatTogether, speedText } from "@espalier/report";
import { readModelFile } from "@espalier/runtime-node";
import { type PhoneMeasurement, parsePhoneLog } from "@espalier/runtime-tflite";
import type { Command } from "commander";
import { PHONE_LOG, PHONE_SCRIPT } from "../folder/names.js";

interface TimesFlags {
  readonly log?: string;
  readonly json?: true;
}

/** Of the slowest operators. */
const SHOWN = 5;

export function timesCommand(program: Command, { note }: Invocation): void {
  program
    .command("times")
    .argument("<dir>", `a folder whose ${PHONE_SCRIPT} was run, with what it printed in ${PHONE_LOG}`)
    .description("read what the script measured on a phone: dense against pruned")
    .option("--log <file>", `what the script printed, where it is not ${PHONE_LOG} in the folder`)
    .option("--json", "as JSON")
    .action(async (dir: string, { log, json }: TimesFlags) => {
      const path = log === undefined ? join(userPath(dir), PHONE_LOG) : userPath(log);
      const text = new TextDecoder().decode(await readModelFile(path));
      const { dense, pruned } = parsePhoneLog(text, { place: "benchmark_model" });
      if (dense === undefined || pruned === undefined)
        throw new EspalierError("INVALID_LOG", "The log is not of this folder's script", {
          expected: "rounds of dense and pruned",
          unblock: `Run ${PHONE_SCRIPT} again.`,
        });
      if (json === true) {
        const speedup = dense.latency.medianMs / pruned.latency.medianMs;
        const report = { dense: dense.latency, pruned: pruned.latency, speedup };
        process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
        return;
      }
      note("one thread; a sample is the mean of one call of the benchmark tool");
      process.stdout.write(`${textOf(dense, pruned).join("\n")}\n`);
    });
}

function textOf(dense: PhoneMeasurement, pruned: PhoneMeasurement): string[] {
  const unstable = dense.latency.unstable || pruned.latency.unstable;
  return [
    ...Object.entries({ dense, pruned }).map(([label, { latency }]) => line(label, latency)),
    unstable
      ? "Other work disturbed the phone too much for a verdict; cool it, close what runs, and measure again."
      : `The pruned file is ${speedText(dense.latency.medianMs / pruned.latency.medianMs)}.`,
    ...slowest(pruned),
  ];
}

function line(label: string, { medianMs, p10Ms, p90Ms, runs }: LatencyStatistics): string {
  const [median, low, high] = formatTogether("ms", [medianMs, p10Ms, p90Ms]);
  return `${label.padEnd(7)} median ${median}, p10 ${low}, p90 ${high}, ${runs} rounds`;
}

/** Where the time of the pruned file goes; nothing without a profile. */
function slowest({ profiled }: PhoneMeasurement): string[] {
  const operators = profiled?.profile?.[0]?.operators ?? [];
  const sorted = [...operators].sort((a, b) => b.meanMs - a.meanMs).slice(0, SHOWN);
  return sorted.map(
    ({ type, name, meanMs, share }) =>
      `  ${(100 * share).toFixed(1).padStart(5)} %  ${meanMs.toFixed(3)} ms  ${type} ${name}`,
  );
}
