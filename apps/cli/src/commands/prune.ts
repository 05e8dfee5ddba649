// espalier prune: from a model to a folder with the smaller model, the plan, the receipt and the report.

import { basename } from "node:path";
import {
  addCalibrationOptions,
  addRecoveryOptions,
  type CalibrationFlags,
  type RecoveryFlags,
} from "@espalier/deploy";
import type { Command } from "commander";
import { type AskedFlags, askedTraining, understoodTraining } from "../options/asked-training.js";
import { costTableOption } from "../options/cost-table.js";
import { addChoiceOptions, type ChoiceFlags, modelChoice } from "../options/folder.js";
import { addOutputOptions, type OutputFlags } from "../options/output.js";
import { addPruningOptions, type PruningFlags, structuralOptions, understood } from "../options/pruning.js";
import { addRateOption, addTrainingOptions } from "../options/training.js";
import { userPath } from "../options/values.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";
import { checkTarget, finishArtefact, prepareRun, pruneAndTrain } from "./artefact-run.js";

type PruneFlags = PruningFlags & CalibrationFlags & RecoveryFlags & OutputFlags & ChoiceFlags & AskedFlags;

const EXAMPLES = `
Examples
  espalier prune model.onnx --target cpu --ratio 0.3 --out pruned/
  espalier prune model.onnx --target cpu --max-drop 1% --calibration photos/ --out pruned/
  espalier prune model.onnx --target cpu --macs 50% --data cifar10 --epochs 20 --out pruned/`;

export function pruneCommand(program: Command, session: () => CommandSession): void {
  const command = program
    .command("prune")
    .argument("<model>", "an ONNX file, or a Hugging Face folder")
    .description("remove units, prove the result, measure it");
  const calibrated = addRecoveryOptions(addCalibrationOptions(addPruningOptions(addChoiceOptions(command))));
  addOutputOptions(addRateOption(addTrainingOptions(calibrated), "rate-schedule"))
    .option("--no-distill", "train on the labels of --data alone, not on what the dense network says as well")
    .addHelpText("after", EXAMPLES)
    .action(async (model: string, flags: PruneFlags) => {
      const run = session();
      const options = structuralOptions(flags);
      run.output.note(understood(flags, basename(model)));
      const training = askedTraining(flags);
      if (training !== null) run.output.note(understoodTraining(training));
      const engine = await run.engine();
      checkTarget(engine, userPath(model), flags);
      run.progress.phase("reading and planning");
      const source = await readSource(engine, userPath(model), run.signal, modelChoice(flags));
      const inputs = { dims: options.dims ?? {}, seed: flags.seed };
      const prepared = await prepareRun(run, source, flags, inputs, flags.target);
      const costs = await costTableOption(engine, flags);
      const { target } = await run.target(flags.target);
      const pruned = await pruneAndTrain(
        run,
        engine,
        userPath(flags.out),
        source,
        prepared,
        training,
        (more) => target.prune(source.bytes, { ...options, ...prepared.options, ...costs, ...more }),
      );
      await finishArtefact(run, pruned, source, prepared, flags);
    });
}
