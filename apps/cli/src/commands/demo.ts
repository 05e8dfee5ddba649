// espalier demo: the whole job on a small network that ships with the command, offline.

import { fileURLToPath } from "node:url";
import { cpu } from "@espalier/cpu";
import type { Command } from "commander";
import { structuralOptions, understood } from "../options/pruning.js";
import { userPath } from "../options/values.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";
import { finishArtefact, type OutputFlags, runOptions } from "./prune.js";

const FLAGS = {
  target: "cpu",
  ratio: 0.5,
  criterion: "l1",
  allocation: "uniform",
  rounds: 1,
  step: 4,
  minWidth: 4,
  seed: 1,
} as const;

export function demoCommand(program: Command, session: () => CommandSession): void {
  program
    .command("demo")
    .description("prune a small network that ships with Espalier, prove and measure it")
    .option("--out <dir>", "folder to write", "espalier-demo")
    .addHelpText("after", "\nExample\n  espalier demo")
    .action(async ({ out }: { out: string }) => {
      const run = session();
      const engine = await run.engine();
      const source = await readSource(
        engine,
        fileURLToPath(new URL("../../models/digits.onnx", import.meta.url)),
        run.signal,
      );
      run.output.note(understood(FLAGS, "digits.onnx (a small classifier of drawn digits)"));
      const flags: OutputFlags = { out, report: ["html"], measure: true };
      const result = await cpu.prune(source.bytes, {
        ...structuralOptions(FLAGS),
        ...(await runOptions(run, source, flags, {})),
      });
      await finishArtefact(run, result, source, flags);
      run.output.note(
        `\nNext: npm run -s espalier -- verify ${out} --source ${source.path.startsWith(userPath(".")) ? source.path.slice(userPath(".").length + 1) : source.path}`,
      );
    });
}
