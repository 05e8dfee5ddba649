// espalier verify: runs the claims of a receipt again. A receipt is of unknown origin: the files it lists are
// looked for under their plain names in the folder, and its source only under its base name.

import { existsSync, lstatSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  type Calibration,
  type Claim,
  type Feeds,
  isTraining,
  type Receipt,
  readReceipt,
  type VerifyInput,
  verifyReceipt,
} from "@espalier/core";
import { addCalibrationOptions, type CalibrationFlags, EXIT } from "@espalier/deploy";
import { inputCardPath } from "@espalier/interchange";
import { EspalierError } from "@espalier/ir";
import type { Command } from "commander";
import { readCalibration } from "../calibration/read-calibration.js";
import type { Engine } from "../engine.js";
import { Finished } from "../exit-codes.js";
import { classNamesOf, writtenCard } from "../layout/input-card-file.js";
import { readInputSpec, recordedInputs } from "../options/input-spec.js";
import { userPath } from "../options/values.js";
import { table } from "../output/table.js";
import type { CommandSession } from "../session.js";
import { readSource, type Source } from "../source.js";
import { loadTarget, openDeployment } from "../target.js";
import { retrainer } from "../training/retrainer.js";
import { cardOf } from "./artefact-run.js";

export interface VerifyFlags extends CalibrationFlags {
  readonly source?: string;
  readonly inputs?: string;
  readonly preprocess?: string;
  /** Whether what was trained is trained again. */
  readonly retrain?: boolean;
}

export function verifyCommand(program: Command, session: () => CommandSession): void {
  const command = program
    .command("verify")
    .argument("<dir>", "a folder that prune or apply wrote")
    .description("run the receipt's claims again: files, the plan on the source, counts, parity")
    .option("--source <model>", "the model or folder that was pruned; else it is looked for beside")
    .option("--inputs <spec.json>", "the input specification that was given, when it names files")
    .option("--preprocess <card.json>", "input card of the model, when images were calibrated or trained on")
    .option("--no-retrain", "count accuracies only, do not train again: what was trained stays unchecked");
  addCalibrationOptions(command)
    .addHelpText(
      "after",
      "\nTimings are records of one machine, not claims: `espalier bench` measures again.\n\nExample\n  espalier verify pruned/ --source model.onnx",
    )
    .action(async (folder: string, flags: VerifyFlags) => {
      const run = session();
      const claims = await verifyFolder(run, userPath(folder), flags);
      const verdict = verdictOf(claims);
      run.output.result(claimsText(claims), { verdict, claims });
      if (verdict === "false") throw new Finished(EXIT.failed);
      if (verdict === "incomplete") throw new Finished(EXIT.unchecked);
    });
}

/** Every claim of the receipt in `folder`, run again. */
export async function verifyFolder(
  run: CommandSession,
  folder: string,
  flags: VerifyFlags,
): Promise<readonly Claim[]> {
  const engine = await run.engine();
  const receipt = readReceipt(
    await engine.readModelFile(join(folder, "receipt.json"), undefined, run.signal),
  );
  const source = await findSource(run, engine, folder, receipt, flags);
  const files = await listedFiles(engine, folder, receipt, run.signal);
  const given = source === null ? null : await specified(engine, source, receipt, flags);
  const check = {
    receipt,
    sourceBytes: source?.bytes ?? null,
    ...(source === null ? {} : { external: source.external }),
    calibration: source === null ? null : await calibration(run, source, folder, receipt, flags),
    ...(source === null ? {} : await training(run, source, folder, receipt, flags)),
    runtime: engine.runtime,
    host: engine.host,
    signal: run.signal,
    onProgress: run.progress.listener,
  };
  const target = await loadTarget(receipt.target);
  const deployment = await openDeployment(receipt.target);
  const claims =
    target === null
      ? await verifyReceipt({ ...check, files, specified: given })
      : await target.verify(
          [...files].map(([path, bytes]) => ({ path, bytes, role: "model" as const })),
          { ...check, realInputs: given, ...(deployment === null ? {} : { deployment }) },
        );
  run.progress.stop();
  return claims;
}

export function verdictOf(claims: readonly Claim[]): "holds" | "false" | "incomplete" {
  if (claims.some(({ status }) => status === "fails")) return "false";
  const open = claims.some(({ status, informational }) => status === "unchecked" && !informational);
  return open ? "incomplete" : "holds";
}

export function claimsText(claims: readonly Claim[]): string {
  const marks = { holds: "holds", fails: "FAILS", unchecked: "not checked" } as const;
  const rows = claims.map(({ name, status, informational, expected, found }) => [
    informational ? "recorded" : marks[status],
    name,
    status === "fails" ? `expected ${expected}; found ${found}` : shortened(found),
  ]);
  const count = (status: Claim["status"]): number => claims.filter((claim) => claim.status === status).length;
  const open = claims.filter(({ status, informational }) => status === "unchecked" && !informational).length;
  const verdict = {
    holds: `The receipt holds: ${count("holds")} claims run again.`,
    false: `The receipt is FALSE: ${count("fails")} of its claims ${count("fails") === 1 ? "fails" : "fail"}.`,
    incomplete: `The receipt could not be checked in full: ${open} claims are open.`,
  }[verdictOf(claims)];
  return `${table(rows, "lll")}\n\n${verdict}`;
}

function shortened(text: string): string {
  return text.length > 90 ? `${text.slice(0, 89)}…` : text;
}

/** The listed files that are there as plain files; links lead elsewhere and do not count. */
async function listedFiles(
  engine: Engine,
  folder: string,
  receipt: Receipt,
  signal: AbortSignal,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const names = [
    ...receipt.files,
    ...(receipt.artefact ? [receipt.artefact] : []),
    ...(receipt.plan ? [receipt.plan] : []),
  ];
  for (const { path } of names) {
    if (files.has(path) || !isPlainFile(folder, path)) continue;
    files.set(path, await engine.readModelFile(join(folder, path), undefined, signal));
  }
  return files;
}

/** Whether `path` leads below `folder` to a file through folders alone. */
function isPlainFile(folder: string, path: string): boolean {
  const names = path.split("/");
  return names.every((_, at) => {
    const stat = lstatSync(join(folder, ...names.slice(0, at + 1)), { throwIfNoEntry: false });
    return at === names.length - 1 ? stat?.isFile() === true : stat?.isDirectory() === true;
  });
}

/** The source the user names, or one of its name and digest in or beside the folder. */
async function findSource(
  run: CommandSession,
  engine: Engine,
  folder: string,
  receipt: Receipt,
  flags: VerifyFlags,
): Promise<Source | null> {
  if (flags.source !== undefined)
    return readSource(engine, userPath(flags.source), run.signal, { preferred: receipt.source.path });
  const name = basename(receipt.source.path);
  for (const place of [folder, dirname(folder), userPath(".")]) {
    const path = join(place, name);
    if (name === "" || !existsSync(path)) continue;
    if (lstatSync(path).isFile() && lstatSync(path).size === receipt.source.bytes) {
      const source = await readSource(engine, path, run.signal);
      if ((await engine.host.sha256(source.bytes)) === receipt.source.sha256) return source;
    }
  }
  return null;
}

/** The calibration inputs of the receipt, read again; null when they are not given. */
async function calibration(
  run: CommandSession,
  source: Source,
  folder: string,
  receipt: Receipt,
  flags: VerifyFlags,
): Promise<Calibration | null> {
  const engine = await run.engine();
  if ((await engine.host.sha256(source.bytes)) !== receipt.source.sha256) return null;
  const card = await keptCard(engine, source, folder, receipt, flags);
  const { bindings: dims, seed } = receipt;
  const count = flags.calibrationCount ?? receipt.calibration?.items;
  const counted = flags.calibration !== undefined && count !== undefined;
  const asked = { ...flags, ...(counted ? { calibrationCount: count } : {}) };
  return readCalibration(run, source, asked, { dims, seed, card });
}

/** The card that lies in the folder, else the source's. */
async function keptCard(
  engine: Engine,
  source: Source,
  folder: string,
  receipt: Receipt,
  flags: VerifyFlags,
): Promise<Uint8Array | null> {
  const kept = join(folder, inputCardPath(receipt.artefact?.path ?? "model.onnx"));
  return flags.preprocess === undefined && existsSync(kept)
    ? engine.readModelFile(kept)
    : writtenCard(engine, source, flags);
}

/** What trains again as the receipt's plan did; its data is looked for, not downloaded. */
async function training(
  run: CommandSession,
  source: Source,
  folder: string,
  receipt: Receipt,
  flags: VerifyFlags,
): Promise<Pick<VerifyInput, "retrain" | "retrainMissing">> {
  if (!receipt.recovery.some(isTraining)) return {};
  const engine = await run.engine();
  const card = cardOf(source, await keptCard(engine, source, folder, receipt, flags));
  const place = { download: false };
  const classNames = classNamesOf(source, card);
  const again = retrainer(run, { card, classNames, asked: null, checkpoints: null, place });
  if (flags.retrain !== false) return { retrain: again };
  const train = async (): Promise<never> => {
    throw new EspalierError("UNAVAILABLE", "Nothing was trained again", { found: "--no-retrain was given" });
  };
  return { retrain: { ...again, train } };
}

async function specified(
  engine: Engine,
  source: Source,
  { inputs, bindings, source: { sha256 } }: Receipt,
  flags: VerifyFlags,
): Promise<readonly Feeds[] | null> {
  // Another model than the receipt's fails its own claim; its inputs are of no interest.
  if ((await engine.host.sha256(source.bytes)) !== sha256) return null;
  const options = { dims: bindings, seed: inputs.seed };
  if (flags.inputs === undefined) return recordedInputs(source, inputs.spec, options);
  const given = await readInputSpec(engine, source, userPath(flags.inputs), options);
  if (given.text === inputs.spec) return given.feeds;
  throw new EspalierError("INVALID_OPTION", "This is not the input specification of the receipt", {
    where: "--inputs",
    expected: inputs.spec.slice(0, 200),
    found: given.text.slice(0, 200),
  });
}
