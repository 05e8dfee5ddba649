// MODEL --out DIR: from a network to a folder with its TFLite file, a page that runs it, and a script for phones.

import { basename } from "node:path";
import { readInputs } from "@espalier/calibration";
import {
  applyStructural,
  type Calibration,
  isUnavailable,
  keptUnits,
  openPlanData,
  openSubject,
  type TargetResult,
} from "@espalier/core";
import {
  addCalibrationOptions,
  addPruningOptions,
  addRecoveryOptions,
  askedBudget,
  type CalibrationFlags,
  collect,
  EXIT,
  type Invocation,
  type PruningFlags,
  phases,
  pruningOptions,
  type RecoveryFlags,
  requireNoCalibration,
  userPath,
} from "@espalier/deploy";
import { readInputCard } from "@espalier/interchange";
import { EspalierError, readModel } from "@espalier/ir";
import {
  demoFiles,
  type FoundCard,
  findCard,
  readSamples,
  readSource,
  type Source,
  writtenCard,
} from "@espalier/page/node";
import { artefactFiles, type NamedFile, renderTerminal } from "@espalier/report";
import {
  checkFolderTarget,
  nodeHost,
  nodeRuntime,
  readModelFile,
  writeFolderAtomically,
} from "@espalier/runtime-node";
import { tflite } from "@espalier/tflite";
import type { Command } from "commander";
import { openFolderEngines, openInterpreter } from "../folder/engines.js";
import { describeFile } from "../folder/metadata.js";
import { DENSE_FILE, METADATA_FILE, PHONE_LOG, PHONE_SCRIPT, PHONE_TOOL } from "../folder/names.js";
import { folderPhoneScript } from "../folder/phone.js";
import { addTfliteOptions, exportSettings, type TfliteFlags, tfliteOptions } from "../options/tflite.js";
import { buildSite } from "../site/site.js";

interface DeployFlags extends PruningFlags, TfliteFlags, CalibrationFlags, RecoveryFlags {
  readonly out: string;
  readonly inputCard?: string;
  readonly sample?: readonly string[];
  readonly force?: true;
  readonly measure: boolean;
  readonly browser: boolean;
}

export function deployCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command("deploy", { isDefault: true })
    .argument("<model>", "an ONNX file or a Hugging Face folder")
    .description("prune a network, prove it as a TFLite file, and write a folder with a page (the default)")
    .requiredOption("--out <dir>", "folder to write, whole or not at all")
    .option("--input-card <file>", "what the input means; default: <model>.io.json, or what its folder says")
    .option("--sample <image>", "an image to try on the page (repeatable)", collect)
    .option("--force", "replace a folder that Espalier did not write")
    .option("--no-measure", "leave latency and memory out")
    .option(
      "--no-browser",
      "prove with the interpreter in Node, where there is no Chromium; measures nothing",
    );
  addRecoveryOptions(addCalibrationOptions(addPruningOptions(addTfliteOptions(command))))
    .addHelpText(
      "after",
      "\nExample\n  npm run -s deploy-tflite -- apps/cli/models/digits.onnx --out phone --ratio 0.25",
    )
    .action((model: string, flags: DeployFlags) => deploy(userPath(model), flags, invocation));
}

async function deploy(path: string, flags: DeployFlags, invocation: Invocation): Promise<void> {
  const { signal, note } = invocation;
  const folder = userPath(flags.out);
  const { budget, text } = askedBudget(flags);
  note(`${basename(path)}: ${text}; target tflite, ${flags.precision}, seed ${flags.seed}`);
  const target = { force: flags.force ?? false, inputs: [path] };
  checkFolderTarget(folder, [], target);
  const source = await readSource(path, signal);
  const written = await writtenCard(source, flags.inputCard === undefined ? null : userPath(flags.inputCard));
  const samples = await readSamples((flags.sample ?? []).map(userPath));
  const engines = await openFolderEngines(flags.engine ?? null);
  const calibration = await calibrationOf(source, written, flags, invocation);
  const result = await prune(source, budget, calibration, flags, invocation);
  if (result.receipt.artefact === null) {
    process.stdout.write(`${renderTerminal(result.receipt, { color: false })}\n`);
    note("Nothing could be pruned, so no folder was written.");
    process.exitCode = EXIT.nothing;
    return;
  }
  const { card, note: cardNote } = findCard(source, written, result.subject);
  if (cardNote !== null) note(`  ${cardNote}`);
  note("  building the page");
  const page = await demoFiles({
    ...{ result, title: source.title, request: text, card, samples },
    dense: { path: DENSE_FILE, bytes: await denseFile(result, flags) },
    engines: Object.fromEntries(engines.map(({ name, size }) => [name, size])),
    ...(await buildSite(engines)),
  });
  const extra = [...page, ...(await filesBeside(result, flags.precision, card))];
  const { files, receipt } = await artefactFiles(result, nodeHost(), { reports: ["html"], extra });
  await writeFolderAtomically(
    folder,
    files.map(({ path: name, bytes }) => ({ path: name, chunks: [bytes] })),
    { ...target, signal },
  );
  const lines = [
    renderTerminal(receipt, { color: false }),
    `page:    ${folder}`,
    `serve:   npm run -s deploy-tflite -- serve ${flags.out}`,
    `phone:   put ${PHONE_TOOL} into the folder, sh ${PHONE_SCRIPT} > ${PHONE_LOG} there, then`,
    `         npm run -s deploy-tflite -- times ${flags.out}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

async function prune(
  source: Source,
  budget: ReturnType<typeof askedBudget>["budget"],
  calibration: Calibration | null,
  flags: DeployFlags,
  { signal, note, commandLine }: Invocation,
): Promise<TargetResult> {
  const interpreter = await openInterpreter(flags.engine?.[0] ?? "litert", flags.browser);
  try {
    return await tflite.prune(source.bytes, {
      ...pruningOptions(flags),
      ...tfliteOptions(flags),
      ...(calibration === null ? {} : { calibration }),
      ...(flags.recover === undefined ? {} : { recover: flags.recover }),
      budget,
      runtime: nodeRuntime(),
      deployment: interpreter.deployment,
      host: nodeHost(),
      external: source.external,
      sourcePath: source.name,
      measure: flags.measure && interpreter.measures,
      command: commandLine,
      signal,
      onProgress: phases(note),
    });
  } finally {
    await interpreter.close();
  }
}

/** The calibration inputs that the flags ask for; null where they ask for none. */
async function calibrationOf(
  source: Source,
  written: Uint8Array | null,
  flags: DeployFlags,
  { signal, note }: Invocation,
): Promise<Calibration | null> {
  const { calibration: paths = [], calibrationCount: count, labels, dim: dims = {}, seed } = flags;
  if (paths.length === 0) {
    requireNoCalibration(flags);
    return null;
  }
  const subject = openSubject(source.bytes, { external: source.external, dims });
  const card = written === null ? (source.impliedCard(subject.model)?.card ?? null) : readInputCard(written);
  return readInputs(
    subject,
    { card, option: "--input-card" },
    {
      ...{ paths: paths.map(userPath), count, seed, signal, readFile: (path) => readModelFile(path) },
      labels: labels === undefined ? undefined : userPath(labels),
      onProgress: phases(note),
    },
  );
}

/** The network with nothing removed, as the receipt compares with it: int8 is no part of that. */
async function denseFile(
  { subject, plan, files, receipt }: TargetResult,
  flags: DeployFlags,
): Promise<Uint8Array> {
  const data = await openPlanData(
    plan,
    files.find(({ role }) => role === "plan-data")?.bytes ?? null,
    nodeHost(),
  );
  const kept = keptUnits(plan.steps, data);
  const { baselineBytes } = applyStructural(subject, kept, plan, receipt.plan?.sha256 ?? "");
  const exported = await tflite.exportModel(readModel(baselineBytes), {
    bindings: receipt.bindings,
    settings: exportSettings(flags),
  });
  const [file] = isUnavailable(exported) ? [] : exported;
  if (file === undefined)
    throw new Error("the dense network was exported when it was planned, and is not now");
  return file.bytes;
}

/** What programs and phones need. */
async function filesBeside(
  { files }: TargetResult,
  precision: string,
  card: FoundCard | null,
): Promise<NamedFile[]> {
  const model = files.find(({ role }) => role === "model");
  if (model === undefined) throw new EspalierError("MISMATCH", "the target gave no model");
  const metadata = describeFile({
    model: { ...model, sha256: await nodeHost().sha256(model.bytes) },
    precision,
    card: card === null ? null : readInputCard(card.bytes),
    origin: card?.origin ?? null,
  });
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  return [
    { path: METADATA_FILE, role: "metadata", bytes: encode(`${JSON.stringify(metadata, null, 2)}\n`) },
    { path: PHONE_SCRIPT, role: "script", bytes: encode(folderPhoneScript(model.path)) },
  ];
}
