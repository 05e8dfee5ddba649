// espalier probe: what to time on a phone before a network is pruned for it.

import { basename } from "node:path";
import type { Command } from "commander";
import { addChoiceOptions, type ChoiceFlags, modelChoice } from "../options/folder.js";
import { dimension, userPath, wholeNumber } from "../options/values.js";
import { openPhone } from "../phone.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";

interface ProbeFlags extends ChoiceFlags {
  readonly out: string;
  readonly tool: string;
  readonly trials: number;
  readonly step: number;
  readonly threads: number;
  readonly cores?: string;
  readonly dim?: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly force?: true;
}

const EXAMPLE = `
Example
  espalier probe model.onnx --tool android_arm64_benchmark_model --out probes
  cd probes && sh measure.sh > phone.log
  espalier cost-table model.onnx --log probes/phone.log --device "Pixel 8" --out pixel8.json
  espalier prune model.onnx --target tflite --latency 50% --cost-table pixel8.json --out pruned`;

export function probeCommand(program: Command, session: () => CommandSession): void {
  const command = addChoiceOptions(
    program
      .command("probe")
      .argument("<model>", "an ONNX file, or a Hugging Face folder")
      .description("TFLite files of a network's parts, and a script that times them on a phone with adb"),
  );
  command
    .requiredOption("--out <dir>", "folder to write, whole or not at all")
    .option(
      "--tool <file>",
      "TFLite's benchmark tool for the phone, from the folder's view",
      "benchmark_model",
    )
    .option("--trials <n>", "networks at other widths to time beside the dense one", wholeNumber(1), 12)
    .option("--step <n>", "their widths are multiples of n", wholeNumber(1), 8)
    .option("--threads <n>", "threads on the phone", wholeNumber(1), 1)
    .option("--cores <mask>", "cores to run on, as the hexadecimal mask of taskset")
    .option("--dim <name=value>", "bind a symbolic dimension (repeatable)", dimension)
    .option("--force", "replace a folder that Espalier did not write")
    .addHelpText("after", EXAMPLE)
    .action(async (path: string, flags: ProbeFlags) => {
      const run = session();
      const engine = await run.engine();
      const { probeFiles, probeScript, PROBE_FOLDER } = await openPhone();
      const source = await readSource(engine, userPath(path), run.signal, modelChoice(flags));
      const probes = await probeFiles(source.bytes, {
        host: engine.host,
        ...{ seed: flags.seed, trials: flags.trials, step: flags.step, threads: flags.threads },
        dims: flags.dim ?? {},
        onProgress: run.progress.listener,
      });
      run.progress.stop();
      const script = probeScript(probes, {
        tool: flags.tool,
        ...(flags.cores === undefined ? {} : { cores: flags.cores }),
      });
      const out = userPath(flags.out);
      const files = [...probes.files].map(([digest, bytes]) => ({
        path: `${PROBE_FOLDER}/${digest}.tflite`,
        chunks: [bytes],
      }));
      await engine.writeFolderAtomically(
        out,
        [...files, { path: "measure.sh", chunks: [new TextEncoder().encode(script)] }],
        { force: flags.force ?? false, inputs: [source.path], signal: run.signal },
      );
      const bytes = files.reduce((sum, { chunks }) => sum + (chunks[0]?.byteLength ?? 0), 0);
      run.output.result(
        `${files.length} files of ${basename(path)} to time, ${Math.ceil(bytes / 1e6)} MB, in ${out}\nThere: sh measure.sh > phone.log`,
        { out, files: files.length, bytes, settings: probes.settings },
      );
    });
}
