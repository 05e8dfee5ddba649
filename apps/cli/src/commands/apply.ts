// espalier apply: replays a plan on the model it was made for.

import { readPlan } from "@espalier/core";
import { cpu } from "@espalier/cpu";
import type { Command } from "commander";
import { userPath } from "../options/values.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";
import { addOutputOptions, finishArtefact, type OutputFlags, runOptions } from "./prune.js";

export function applyCommand(program: Command, session: () => CommandSession): void {
  const command = program
    .command("apply")
    .argument("<plan>", "plan.json")
    .argument("<model>", "the model it was made for")
    .description("replay a plan: the same bytes on any machine");
  addOutputOptions(command)
    .addHelpText("after", "\nExample\n  espalier apply plan.json model.onnx --out pruned/")
    .action(async (planPath: string, model: string, flags: OutputFlags) => {
      const run = session();
      const engine = await run.engine();
      const plan = readPlan(await engine.readModelFile(userPath(planPath), undefined, run.signal));
      const source = await readSource(engine, userPath(model), run.signal);
      run.output.note(`${model}: apply ${plan.steps.length} steps of ${planPath}`);
      const result = await cpu.apply(plan, source.bytes, await runOptions(run, source, flags, plan.bindings));
      await finishArtefact(run, result, source, flags);
    });
}
