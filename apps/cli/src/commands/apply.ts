// espalier apply: replays a plan on the model it was made for.

import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { finetuneStep, type PruningPlan, readPlan, type TargetRunOptions } from "@espalier/core";
import { addCalibrationOptions, type CalibrationFlags } from "@espalier/deploy";
import type { Command } from "commander";
import type { Engine } from "../engine.js";
import { addChoiceOptions, type ChoiceFlags, modelChoice } from "../options/folder.js";
import { addOutputOptions, type OutputFlags } from "../options/output.js";
import { addReplayOptions, type ReplayFlags, requireReplay } from "../options/replay.js";
import { userPath } from "../options/values.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";
import { checkTarget, finishArtefact, prepareRun, pruneAndTrain } from "./artefact-run.js";

type ApplyFlags = OutputFlags & ChoiceFlags & CalibrationFlags & ReplayFlags;

export function applyCommand(program: Command, session: () => CommandSession): void {
  const command = program
    .command("apply")
    .argument("<plan>", "plan.json")
    .argument("<model>", "the model it was made for, or its Hugging Face folder")
    .description(
      "replay a plan: the same bytes on any machine; recovered weights need its calibration inputs, training its data",
    );
  addReplayOptions(addOutputOptions(addCalibrationOptions(addChoiceOptions(command))))
    .addHelpText("after", "\nExample\n  espalier apply plan.json model.onnx --out pruned/")
    .action(async (planPath: string, model: string, flags: ApplyFlags) => {
      const run = session();
      const engine = await run.engine();
      const plan = readPlan(await engine.readModelFile(userPath(planPath), undefined, run.signal));
      run.output.note(
        `${basename(model)}: apply the ${plan.steps.length} steps of ${basename(planPath)}; target ${plan.target}, seed ${plan.seed}`,
      );
      requireReplay(plan, flags);
      checkTarget(engine, userPath(model), flags);
      run.progress.phase("reading");
      const source = await readSource(
        engine,
        userPath(model),
        run.signal,
        modelChoice(flags, plan.source.path),
      );
      const inputs = { dims: plan.bindings, seed: plan.seed };
      const { recover: _, ...known } = flags;
      const prepared = await prepareRun(run, source, known, inputs, plan.target);
      const { target } = await run.target(plan.target);
      const planData = await planDataBeside(run, engine, userPath(planPath), plan);
      const training = finetuneStep(plan.steps) === null ? null : ("as planned" as const);
      const applied = await pruneAndTrain(
        run,
        engine,
        userPath(flags.out),
        source,
        prepared,
        training,
        // What the plan recovers is in its steps; nothing is added to them.
        (more) =>
          target.apply(plan, source.bytes, { ...prepared.options, ...planData, ...more, recover: [] }),
      );
      await finishArtefact(run, applied, source, prepared, flags);
    });
}

/** plan.bin, which lies beside plan.json; the target says what is wrong where it does not. */
async function planDataBeside(
  run: CommandSession,
  engine: Engine,
  planPath: string,
  { data }: PruningPlan,
): Promise<Pick<TargetRunOptions, "planData">> {
  if (data === undefined) return {};
  const path = join(dirname(planPath), data.path);
  if (!existsSync(path)) return {};
  return { planData: await engine.readModelFile(path, undefined, run.signal) };
}
