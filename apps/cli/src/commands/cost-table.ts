// espalier cost-table: what a phone measured, as costs to plan by.

import { costTableText } from "@espalier/core";
import type { Command } from "commander";
import { addChoiceOptions, type ChoiceFlags, modelChoice } from "../options/folder.js";
import { userPath } from "../options/values.js";
import { openPhone } from "../phone.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";

interface CostTableFlags extends ChoiceFlags {
  readonly log: string;
  readonly device: string;
  readonly out: string;
  readonly force?: true;
}

export function costTableCommand(program: Command, session: () => CommandSession): void {
  const command = addChoiceOptions(
    program
      .command("cost-table")
      .argument("<model>", "the network that the probes were made of")
      .description("the cost table that the log of a phone gives, for prune --cost-table"),
  );
  command
    .requiredOption("--log <file>", "what the script beside the probes printed")
    .requiredOption("--device <name>", "what it ran on, for the record")
    .option("--out <file>", "where to write the table", "cost-table.json")
    .option("--force", "replace an existing file")
    .addHelpText(
      "after",
      '\nExample\n  espalier cost-table model.onnx --log phone.log --device "Pixel 8" --out pixel8.json',
    )
    .action(async (path: string, flags: CostTableFlags) => {
      const run = session();
      const engine = await run.engine();
      const { deviceCostTable } = await openPhone();
      const source = await readSource(engine, userPath(path), run.signal, modelChoice(flags));
      const log = new TextDecoder().decode(await engine.readModelFile(userPath(flags.log)));
      const table = await deviceCostTable(source.bytes, log, {
        host: engine.host,
        device: flags.device,
        onProgress: run.progress.listener,
      });
      run.progress.stop();
      const out = userPath(flags.out);
      await engine.writeFileAtomically(out, [new TextEncoder().encode(costTableText(table))], {
        force: flags.force ?? false,
        inputs: [source.path, userPath(flags.log)],
        signal: run.signal,
      });
      const { runtime, step, denseUs, patterns, runs } = table;
      run.output.result(
        `${runtime}: ${runs.length} networks, ${patterns.length} kinds of layers, step ${step}, dense ${denseUs / 1000} ms. Table: ${out}`,
        { out, runtime, step, denseMs: denseUs / 1000, patterns: patterns.length, runs: runs.length },
      );
    });
}
