// espalier apply: replays a plan on the model it was made for.

import { basename } from "node:path";
import { finetuneStep, readPlan } from "@espalier/core";
import type { Command } from "commander";
import {
  addCalibrationOptions,
  addRecoveryOptions,
  type CalibrationFlags,
  type RecoveryFlags,
} from "../options/calibration.js";
import { addChoiceOptions, type ChoiceFlags, modelChoice } from "../options/folder.js";
import { addOutputOptions, type OutputFlags } from "../options/output.js";
import { userPath } from "../options/values.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";
import { checkTarget, finishArtefact, prepareRun, pruneAndTrain } from "./artefact-run.js";

type ApplyFlags = OutputFlags & ChoiceFlags & CalibrationFlags & RecoveryFlags;

export function applyCommand(program: Command, session: () => CommandSession): void {
  const command = program
    .command("apply")
    .argument("<plan>", "plan.json")
    .argument("<model>", "the model it was made for, or its Hugging Face folder")
    .description(
      "replay a plan: the same bytes on any machine; recovered weights need its calibration inputs, training its data",
    );
  addOutputOptions(addRecoveryOptions(addCalibrationOptions(addChoiceOptions(command))))
    .addHelpText("after", "\nExample\n  espalier apply plan.json model.onnx --out pruned/")
    .action(async (planPath: string, model: string, flags: ApplyFlags) => {
      const run = session();
      const engine = await run.engine();
      const plan = readPlan(await engine.readModelFile(userPath(planPath), undefined, run.signal));
      run.output.note(
        `${basename(model)}: apply the ${plan.steps.length} steps of ${basename(planPath)}; target ${plan.target}, seed ${plan.seed}`,
      );
      checkTarget(engine, userPath(model), flags);
      run.progress.phase("reading");
      const source = await readSource(
        engine,
        userPath(model),
        run.signal,
        modelChoice(flags, plan.source.path),
      );
      const inputs = { dims: plan.bindings, seed: plan.seed };
      const prepared = await prepareRun(run, source, flags, inputs, plan.target);
      const { target } = await run.target(plan.target);
      const training = finetuneStep(plan.steps) === null ? null : ("as planned" as const);
      const applied = await pruneAndTrain(
        run,
        engine,
        userPath(flags.out),
        source,
        prepared,
        training,
        (more) => target.apply(plan, source.bytes, { ...prepared.options, ...more }),
      );
      await finishArtefact(run, applied.result, source, prepared, flags, applied.done);
    });
}
