// espalier plan: what prune would remove, and nothing removed.

import { basename, dirname, join } from "node:path";
import { maskSteps, type PruningPlan, patternSteps, permuteSteps, planText } from "@espalier/core";
import {
  addCalibrationOptions,
  addRecoveryOptions,
  type CalibrationFlags,
  EXIT,
  type RecoveryFlags,
} from "@espalier/deploy";
import type { Command } from "commander";
import { readCalibration } from "../calibration/read-calibration.js";
import { Finished } from "../exit-codes.js";
import { writtenCard } from "../layout/input-card-file.js";
import { costTableOption } from "../options/cost-table.js";
import { addChoiceOptions, type ChoiceFlags, modelChoice } from "../options/folder.js";
import { addPruningOptions, type PruningFlags, structuralOptions, understood } from "../options/pruning.js";
import { userPath } from "../options/values.js";
import { table } from "../output/table.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";

type PlanFlags = PruningFlags &
  ChoiceFlags &
  CalibrationFlags &
  RecoveryFlags & { readonly out: string; readonly force?: true; readonly preprocess?: string };

export function planCommand(program: Command, session: () => CommandSession): void {
  const command = addChoiceOptions(
    program
      .command("plan")
      .argument("<model>", "an ONNX file, or a Hugging Face folder")
      .description("only plan.json: nothing is removed"),
  );
  addRecoveryOptions(addCalibrationOptions(addPruningOptions(command)))
    .option("--preprocess <card.json>", "input card of the model, by which images become tensors")
    .option("--out <file>", "where to write plan.json", "plan.json")
    .option("--force", "replace an existing file")
    .addHelpText("after", "\nExample\n  espalier plan model.onnx --target cpu --ratio 0.3 --out plan.json")
    .action(async (model: string, flags: PlanFlags) => {
      const run = session();
      const options = structuralOptions(flags);
      run.output.note(understood(flags, basename(model)));
      const engine = await run.engine();
      run.progress.phase("reading and planning");
      const source = await readSource(engine, userPath(model), run.signal, modelChoice(flags));
      const { target, world } = await run.target(flags.target);
      const card = await writtenCard(engine, source, flags);
      const asked = { dims: options.dims ?? {}, seed: flags.seed, card };
      const calibration = await readCalibration(run, source, flags, asked);
      const {
        plan,
        widths,
        refused,
        sensitivity,
        drop,
        data = null,
      } = await target.plan(source.bytes, {
        ...options,
        ...(await costTableOption(engine, flags)),
        ...(calibration === null ? {} : { calibration }),
        ...(flags.recover === undefined ? {} : { recover: flags.recover }),
        ...world,
        host: engine.host,
        external: source.external,
        sourcePath: source.name,
        signal: run.signal,
        onProgress: run.progress.listener,
      });
      run.progress.stop();
      const out = userPath(flags.out);
      if (data !== null && plan.data !== undefined)
        await engine.writeFileAtomically(join(dirname(out), plan.data.path), [data.bytes], {
          force: flags.force ?? false,
          inputs: [source.path],
          signal: run.signal,
        });
      await engine.writeFileAtomically(out, [new TextEncoder().encode(planText(plan))], {
        force: flags.force ?? false,
        inputs: [source.path],
        signal: run.signal,
      });
      const rows = widths
        .filter((row) => row.before !== row.after)
        .map((row) => [row.group, row.kind, `${row.before}`, `→ ${row.after}`]);
      run.output.result(
        `${table(rows)}\n${rows.length} groups shrink, ${maskedText(plan)}${refused.length} refusals. Plan: ${out}`,
        { out, plan, widths, refused, sensitivity, drop },
      );
      if (plan.steps.length === 0) throw new Finished(EXIT.nothing);
    });
}

/** What is put in another order or masked; nothing for plans that only remove. */
function maskedText({ steps }: PruningPlan): string {
  const [orders, masks] = [permuteSteps(steps).length, maskSteps(steps).length];
  if (masks === 0) return "";
  if (patternSteps(steps).length === 0) return `${masks} weights lose single elements, `;
  return `${orders} are permuted, ${masks} weights carry a pattern of zeros, `;
}
