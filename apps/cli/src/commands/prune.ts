// espalier prune: from a model to a folder with the smaller model, the plan, the receipt and the report.

import { basename } from "node:path";
import type { Command } from "commander";
import {
  addCalibrationOptions,
  addRecoveryOptions,
  type CalibrationFlags,
  type RecoveryFlags,
} from "../options/calibration.js";
import { costTableOption } from "../options/cost-table.js";
import { addChoiceOptions, type ChoiceFlags, modelChoice } from "../options/folder.js";
import { addOutputOptions, type OutputFlags } from "../options/output.js";
import { addPruningOptions, type PruningFlags, structuralOptions, understood } from "../options/pruning.js";
import { userPath } from "../options/values.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";
import { checkTarget, finishArtefact, prepareRun } from "./artefact-run.js";

type PruneFlags = PruningFlags & CalibrationFlags & RecoveryFlags & OutputFlags & ChoiceFlags;

const EXAMPLES = `
Examples
  espalier prune model.onnx --target cpu --ratio 0.3 --out pruned/
  espalier prune model.onnx --target cpu --max-drop 1% --calibration photos/ --out pruned/`;

export function pruneCommand(program: Command, session: () => CommandSession): void {
  const command = program
    .command("prune")
    .argument("<model>", "an ONNX file, or a Hugging Face folder")
    .description("remove units, prove the result, measure it");
  const calibrated = addRecoveryOptions(addCalibrationOptions(addPruningOptions(addChoiceOptions(command))));
  addOutputOptions(calibrated)
    .addHelpText("after", EXAMPLES)
    .action(async (model: string, flags: PruneFlags) => {
      const run = session();
      const options = structuralOptions(flags);
      run.output.note(understood(flags, basename(model)));
      const engine = await run.engine();
      checkTarget(engine, userPath(model), flags);
      run.progress.phase("reading and planning");
      const source = await readSource(engine, userPath(model), run.signal, modelChoice(flags));
      const inputs = { dims: options.dims ?? {}, seed: flags.seed };
      const prepared = await prepareRun(run, source, flags, inputs, flags.target);
      const costs = await costTableOption(engine, flags);
      const { target } = await run.target(flags.target);
      const result = await target.prune(source.bytes, { ...options, ...prepared.options, ...costs });
      await finishArtefact(run, result, source, prepared, flags);
    });
}
