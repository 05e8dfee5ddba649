// What prune, apply and demo share: check the place, run the target, write the folder, say the verdict, judge
// the gates.

import {
  openSubject,
  type Receipt,
  type Retrain,
  type TargetResult,
  type TargetRunOptions,
} from "@espalier/core";
import { type CalibrationFlags, EXIT, type RecoveryFlags } from "@espalier/deploy";
import { type InputCard, readInputCard } from "@espalier/interchange";
import type { NamedFile } from "@espalier/report";
import { readCalibration } from "../calibration/read-calibration.js";
import type { Engine } from "../engine.js";
import { Finished } from "../exit-codes.js";
import { checkLayout, layoutLines } from "../layout/arrange.js";
import { classNamesOf, impliedCard, writtenCard } from "../layout/input-card-file.js";
import type { LayoutFlags } from "../options/folder.js";
import { readInputSpec, type SpecifiedInputs } from "../options/input-spec.js";
import type { OutputFlags } from "../options/output.js";
import { userPath } from "../options/values.js";
import { ARTEFACT_FILES, type WrittenArtefact, writeArtefact } from "../output/artefact.js";
import { gateText, judgeGates } from "../output/gates.js";
import type { CommandSession } from "../session.js";
import type { Source } from "../source.js";
import { keptRun } from "../training/kept-run.js";
import { type AskedTraining, retrainer } from "../training/retrainer.js";

/** Better now than after minutes of work. */
export function checkTarget(
  engine: Engine,
  source: string,
  flags: Pick<OutputFlags, "out" | "force"> & CalibrationFlags,
): void {
  engine.checkFolderTarget(userPath(flags.out), ARTEFACT_FILES, {
    force: flags.force ?? false,
    inputs: [source, ...(flags.calibration ?? []).map(userPath)],
  });
}

export interface PreparedRun {
  /** Everything but what to remove. */
  readonly options: TargetRunOptions;
  readonly specified: SpecifiedInputs | null;
  /** The input card that somebody wrote; null where there is none. */
  readonly card: Uint8Array | null;
}

export async function prepareRun(
  run: CommandSession,
  source: Source,
  flags: Pick<OutputFlags, "inputs" | "measure" | "threads"> & LayoutFlags & CalibrationFlags & RecoveryFlags,
  inputs: { readonly dims: Readonly<Record<string, number>>; readonly seed: number },
  target: string,
): Promise<PreparedRun> {
  const engine = await run.engine();
  await checkLayout(source, flags);
  const card = await writtenCard(engine, source, flags);
  const specified =
    flags.inputs === undefined ? null : await readInputSpec(engine, source, userPath(flags.inputs), inputs);
  const calibration = await readCalibration(run, source, flags, { ...inputs, card });
  const options: TargetRunOptions = {
    ...(await run.target(target)).world,
    host: engine.host,
    external: source.external,
    // The plan is part of the model's bytes: it must not depend on where the file or its folder lies.
    sourcePath: source.name,
    measure: flags.measure,
    threadsBeside: flags.threads === undefined || flags.threads === 1 ? [] : [flags.threads],
    realInputs: specified?.feeds ?? [],
    ...(calibration === null ? {} : { calibration }),
    ...(flags.recover === undefined ? {} : { recover: flags.recover }),
    command: run.commandLine,
    signal: run.signal,
    onProgress: run.progress.listener,
  };
  return { options, specified, card };
}

/** What the input card of a source says: the one that was written, or the one that its folder implies. */
export function cardOf(source: Source, written: Uint8Array | null): InputCard | null {
  if (written !== null) return readInputCard(written);
  if (source.folder === null) return null;
  const { model } = openSubject(source.bytes, { external: source.external });
  return impliedCard(source, model)?.card ?? null;
}

export interface PrunedRun {
  readonly result: TargetResult;
  /** What training adds to the output. */
  readonly beside: readonly NamedFile[];
  /** Removes what was kept of the training. */
  done(): void;
}

/**
 * Runs a target that may train. What was trained is kept beside the output until `done` is called.
 *
 * @param training what is asked for, or what the plan says; null where nothing is trained
 */
export async function pruneAndTrain(
  run: CommandSession,
  engine: Engine,
  out: string,
  source: Source,
  { card: written }: Pick<PreparedRun, "card">,
  training: AskedTraining | "as planned" | null,
  work: (more: { readonly retrain?: Retrain }) => Promise<TargetResult>,
): Promise<PrunedRun> {
  if (training === null) return { result: await work({}), beside: [], done: () => {} };
  const kept = keptRun(run, engine, out);
  const card = cardOf(source, written);
  const retrain = retrainer(run, {
    card,
    classNames: classNamesOf(source, card),
    asked: training === "as planned" ? null : training,
    checkpoints: kept.store,
  });
  const result = await kept.during(() => work({ retrain }));
  return { result, beside: retrain.beside(), done: kept.done };
}

/** Writes the folder. */
export async function keepArtefact(
  run: CommandSession,
  { result, beside }: Pick<PrunedRun, "result" | "beside">,
  source: Source,
  { specified, card }: PreparedRun,
  flags: Pick<OutputFlags, "out" | "force" | "report"> & LayoutFlags,
): Promise<WrittenArtefact> {
  run.progress.phase("writing");
  const { receipt } = result;
  const inputs = specified === null ? receipt.inputs : { ...receipt.inputs, spec: specified.text };
  const written = await writeArtefact(
    await run.engine(),
    { ...result, receipt: { ...receipt, inputs } },
    {
      folder: userPath(flags.out),
      arrangement: { source, flags, card, beside },
      force: flags.force ?? false,
      reports: flags.report,
      signal: run.signal,
    },
  );
  run.progress.stop();
  return written;
}

/** Writes the folder, prints the verdict, and ends with the code that fits. */
export async function finishArtefact(
  run: CommandSession,
  pruned: PrunedRun,
  source: Source,
  prepared: PreparedRun,
  flags: OutputFlags,
): Promise<void> {
  const { folder, report, receipt } = await keepArtefact(run, pruned, source, prepared, flags);
  pruned.done();
  const gates = judgeGates(receipt, flags);
  const text = [
    await verdictText(run, receipt),
    ...layoutLines({ source, flags }, receipt),
    report === null ? `written to ${folder}` : `report: ${report}`,
    ...gates.map(gateText),
  ];
  run.output.result(text.join("\n"), { folder, report, gates, receipt });
  if (receipt.artefact === null) throw new Finished(EXIT.nothing);
  if (gates.some(({ passed }) => !passed)) throw new Finished(EXIT.gate);
}

/** Reports bring a plotting library along, which takes longer to load than all else: it comes when it is needed. */
export async function verdictText(run: CommandSession, receipt: Receipt): Promise<string> {
  const { renderTerminal } = await import("@espalier/report");
  return renderTerminal(receipt, { color: run.output.color });
}
