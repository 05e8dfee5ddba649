// espalier sensitivity: what each group alone costs at each width, measured on calibration inputs.

import { basename } from "node:path";
import { eligibleGroups, measureSensitivity, openSubject, type SensitivityCurve } from "@espalier/core";
import { addCalibrationOptions, type CalibrationFlags } from "@espalier/deploy";
import { EspalierError } from "@espalier/ir";
import type { Command } from "commander";
import { readCalibration } from "../calibration/read-calibration.js";
import { writtenCard } from "../layout/input-card-file.js";
import { addChoiceOptions, type ChoiceFlags, modelChoice } from "../options/folder.js";
import { collect, dimension, userPath, wholeNumber } from "../options/values.js";
import { table } from "../output/table.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";

interface SensitivityFlags extends CalibrationFlags, ChoiceFlags {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly dim?: Readonly<Record<string, number>>;
  readonly allowInexact?: true;
  readonly preprocess?: string;
  readonly seed: number;
}

/** Rows of a layer that orders of elimination are computed from. */
const MAX_ROWS = 2 ** 15;

export function sensitivityCommand(program: Command, session: () => CommandSession): void {
  const command = program
    .command("sensitivity")
    .argument("<model>", "an ONNX file, or a Hugging Face folder")
    .description("the output error when one group alone is pruned, at several widths; nothing is written");
  addCalibrationOptions(addChoiceOptions(command))
    .option("--preprocess <card.json>", "input card of the model, by which images become tensors")
    .option("--include <glob>", "only groups that match (repeatable)", collect)
    .option("--exclude <glob>", "not the groups that match (repeatable)", collect)
    .option("--dim <name=value>", "bind a symbolic dimension (repeatable)", dimension)
    .option("--allow-inexact", "also groups that a mean or layer normalisation runs over")
    .option("--seed <n>", "seed of everything random", wholeNumber(0), 1)
    .addHelpText("after", "\nExample\n  espalier sensitivity model.onnx --calibration photos/")
    .action(async (path: string, flags: SensitivityFlags) => {
      const run = session();
      run.output.note(`${basename(path)}: one group at a time, judged on a held-out quarter of the inputs`);
      const engine = await run.engine();
      const { signal } = run;
      const source = await readSource(engine, userPath(path), signal, modelChoice(flags));
      const { dim: dims = {}, seed, include = [], exclude = [], allowInexact = false } = flags;
      const card = await writtenCard(engine, source, flags);
      const calibration = await readCalibration(run, source, flags, { dims, seed, card });
      if (calibration === null)
        throw new EspalierError("CALIBRATION_MISSING", "Sensitivity is measured on inputs", {
          unblock: "Give them with --calibration.",
        });
      const subject = openSubject(source.bytes, { external: source.external, dims, signal });
      const eligible = new Set(eligibleGroups(subject.analysis, { include, exclude, allowInexact }));
      const { curves } = await measureSensitivity(subject, {
        runtime: engine.runtime,
        limits: {},
        threads: 1,
        inputs: calibration.inputs,
        seed,
        maxRows: MAX_ROWS,
        only: (group) => eligible.has(group),
        signal,
        onProgress: run.progress.listener,
      });
      run.progress.stop();
      run.output.result(curvesText(curves, calibration.spec ?? ""), { curves, inputs: calibration.spec });
    });
}

/** Most sensitive groups first, by the error at about half of the width. */
function curvesText(curves: readonly SensitivityCurve[], inputs: string): string {
  const half = ({ points, width }: SensitivityCurve): number =>
    points.find(({ kept }) => kept <= width / 2)?.error ?? points.at(-1)?.error ?? 0;
  const rows = [...curves]
    .sort((a, b) => half(b) - half(a))
    .map(({ group, points }) => [
      group,
      ...points.map(({ kept, error }) => `${kept}: ${Number(error.toPrecision(2))}`),
    ]);
  const columns = Math.max(1, ...rows.map(({ length }) => length));
  const padded = rows.map((row) => [...row, ...Array<string>(columns - row.length).fill("")]);
  return `${table(padded, "l".repeat(columns))}\n\nkept: relative squared error of the outputs, consumers solved anew; ${inputs}`;
}
