// espalier prune: from a model to a folder with the smaller model, the plan, the receipt and the report.

import { basename } from "node:path";
import { isUnavailable, type Receipt } from "@espalier/core";
import { type CpuResult, type CpuRunOptions, cpu } from "@espalier/cpu";
import { renderTerminal } from "@espalier/report";
import { type Command, InvalidArgumentError } from "commander";
import { EXIT, Finished } from "../exit-codes.js";
import { readInputSpec } from "../options/input-spec.js";
import { addPruningOptions, type PruningFlags, structuralOptions, understood } from "../options/pruning.js";
import { byteCount, milliseconds, userPath, wholeNumber } from "../options/values.js";
import { type ReportFormat, writeArtefact } from "../output/artefact.js";
import type { CommandSession } from "../session.js";
import { readSource, type Source } from "../source.js";

export interface OutputFlags {
  readonly out: string;
  readonly force?: true;
  readonly report: readonly ReportFormat[];
  readonly measure: boolean;
  readonly threads?: number;
  readonly inputs?: string;
  readonly maxLatency?: number;
  readonly maxSize?: number;
}

export function addOutputOptions(command: Command): Command {
  return command
    .requiredOption("--out <dir>", "folder to write, whole or not at all")
    .option("--force", "replace a folder that Espalier did not write")
    .option("--report <formats>", "html, md, or both", reportFormats, ["html"] as ReportFormat[])
    .option("--no-measure", "leave latency and memory out")
    .option("--threads <n>", "also measure at n threads", wholeNumber(1))
    .option("--inputs <spec.json>", "what the inputs may hold: ranges, values or files")
    .option("--max-latency <time>", "exit 6 when the median is above this, such as 12ms", milliseconds)
    .option("--max-size <bytes>", "exit 6 when model.onnx is larger, such as 2MB", byteCount);
}

export function pruneCommand(program: Command, session: () => CommandSession): void {
  const command = program
    .command("prune")
    .argument("<model>", "an ONNX file")
    .description("remove units, prove the result, measure it");
  addOutputOptions(addPruningOptions(command))
    .addHelpText("after", "\nExample\n  espalier prune model.onnx --target cpu --ratio 0.3 --out pruned/")
    .action(async (model: string, flags: PruningFlags & OutputFlags) => {
      const run = session();
      const engine = await run.engine();
      const source = await readSource(engine, userPath(model), run.signal);
      run.output.note(understood(flags, basename(model)));
      const options = structuralOptions(flags);
      const result = await cpu.prune(source.bytes, {
        ...options,
        ...(await runOptions(run, source, flags, options.dims ?? {})),
      });
      await finishArtefact(run, result, source, flags);
    });
}

/** Everything but what to remove: shared by prune and apply. */
export async function runOptions(
  run: CommandSession,
  source: Source,
  flags: OutputFlags,
  dims: Readonly<Record<string, number>>,
): Promise<CpuRunOptions> {
  const { runtime, host } = await run.engine();
  return {
    runtime,
    host,
    external: source.external,
    sourcePath: basename(source.path),
    measure: flags.measure,
    threadsBeside: flags.threads === undefined ? [] : [flags.threads],
    realInputs:
      flags.inputs === undefined
        ? []
        : await readInputSpec(await run.engine(), source, userPath(flags.inputs), dims),
    command: run.commandLine,
    signal: run.signal,
    onProgress: run.progress.listener,
  };
}

/** Writes the folder, prints the verdict, and ends with the code that fits. */
export async function finishArtefact(
  run: CommandSession,
  result: CpuResult,
  source: Source,
  flags: OutputFlags,
): Promise<void> {
  run.progress.stop();
  const folder = userPath(flags.out);
  const { receipt, report } = await writeArtefact(await run.engine(), result, {
    folder,
    source: source.path,
    force: flags.force ?? false,
    reports: flags.report,
    signal: run.signal,
  });
  const table = renderTerminal(receipt, { color: run.output.color });
  run.output.result(`${table}\n${report === null ? `written to ${folder}` : `report: ${report}`}`, {
    folder,
    report,
    receipt,
  });
  if (receipt.artefact === null) throw new Finished(EXIT.nothing);
  if (missesGate(receipt, flags)) throw new Finished(EXIT.gate);
}

function missesGate({ latency, artefact }: Receipt, { maxLatency, maxSize }: OutputFlags): boolean {
  if (maxSize !== undefined && (artefact?.bytes ?? 0) > maxSize) return true;
  if (maxLatency === undefined) return false;
  // A latency nobody measured does not pass a gate.
  return latency === null || isUnavailable(latency) || latency.after.medianMs > maxLatency;
}

function reportFormats(text: string): ReportFormat[] {
  return text.split(",").map((format) => {
    if (format !== "html" && format !== "md" && format !== "json")
      throw new InvalidArgumentError("Expected html, md or json, separated by commas.");
    return format;
  });
}
