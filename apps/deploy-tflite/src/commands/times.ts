// times DIR: what the script measured on a phone, the pruned file against the dense one.

import { join } from "node:path";
import { type Invocation, userPath } from "@espalier/deploy";
import { EspalierError } from "@espalier/ir";
import { readModelFile } from "@espalier/runtime-node";
import { parsePhoneLog } from "@espalier/runtime-tflite";
import type { Command } from "commander";
import { PHONE_LOG, PHONE_SCRIPT } from "../folder/names.js";
import { timesText } from "./times-text.js";

interface TimesFlags {
  readonly log?: string;
  readonly json?: true;
}

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
      process.stdout.write(`${timesText(dense, pruned).join("\n")}\n`);
    });
}
