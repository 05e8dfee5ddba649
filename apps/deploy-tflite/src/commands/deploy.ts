// MODEL --out DIR: from a network to a folder with its TFLite file, a page that runs it, and a script for phones.

import { basename } from "node:path";
import type { TargetResult } from "@espalier/core";
import {
  type AskedBudget,
  addCalibrationOptions,
  addPruningOptions,
  addRecoveryOptions,
  askedBudget,
  type CalibrationFlags,
  EXIT,
  elementsText,
  type Invocation,
  type PruningFlags,
  phases,
  plannedText,
  pruningOptions,
  type RecoveryFlags,
  requireOnly,
  userPath,
} from "@espalier/deploy";
import {
  addPageOptions,
  demoFiles,
  findCard,
  PAGE_OPTIONS,
  type PageFlags,
  readPageInputs,
  type Source,
} from "@espalier/page/node";
import { nodeHost, nodeRuntime, writeFolderAtomically } from "@espalier/runtime-node";
import { tflite } from "@espalier/tflite";
import type { Command } from "commander";
import { calibrationOf } from "../folder/calibration.js";
import { denseFile } from "../folder/dense-file.js";
import { openFolderEngines, openInterpreter } from "../folder/engines.js";
import { filesBeside } from "../folder/files-beside.js";
import { DENSE_FILE, PHONE_LOG, PHONE_SCRIPT, PHONE_TOOL } from "../folder/names.js";
import { addTfliteOptions, exportSettings, type TfliteFlags, tfliteOptions } from "../options/tflite.js";
import { buildSite } from "../site/site.js";

type DeployFlags = PruningFlags & PageFlags & TfliteFlags & CalibrationFlags & RecoveryFlags;

export function deployCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command("deploy", { isDefault: true })
    .description("prune a network, prove it as a TFLite file, and write a folder with a page (the default)");
  addPageOptions(command, "the interpreter in Node");
  addTfliteOptions(command);
  addPruningOptions(command);
  addCalibrationOptions(command);
  addRecoveryOptions(command);
  command
    .addHelpText(
      "after",
      "\nExample\n  npm run -s deploy-tflite -- apps/cli/models/digits.onnx --out phone --ratio 0.25",
    )
    .action((model: string, flags: DeployFlags) => {
      if (flags.from !== undefined) requireOnly(command, [...PAGE_OPTIONS, "engine"]);
      return deploy(userPath(model), flags, invocation);
    });
}

async function deploy(path: string, flags: DeployFlags, invocation: Invocation): Promise<void> {
  const { signal, note } = invocation;
  const asked = askedBudget(flags);
  const { pruned, ...inputs } = await readPageInputs(path, flags, "tflite", signal);
  const { folder, target, source, written, samples } = inputs;
  const settings = pruned?.plan.options.export ?? exportSettings(flags);
  const { precision = "float32" } = settings;
  const text = pruned === null ? askedText(asked, flags) : plannedText(pruned.plan);
  const how = pruned === null ? `${asked.origin}; seed ${flags.seed}` : "; pruned already";
  note(`${basename(path)}: ${text}${how}, target tflite, ${precision}`);
  const engines = await openFolderEngines(flags.engine ?? null);
  const result = pruned ?? (await prune(source, written, asked.budget, flags, invocation));
  const { artefactFiles, renderTerminal } = await import("@espalier/report"); // draws, so it loads much
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
    ...{ result, title: source.title, card, samples },
    request: precision === "float32" ? text : `${text}, in ${precision}`,
    dense: { path: DENSE_FILE, bytes: await denseFile(result, settings) },
    engines: Object.fromEntries(engines.map(({ name, size }) => [name, size])),
    ...(await buildSite(engines)),
  });
  const extra = [...page, ...(await filesBeside(result, precision, card))];
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

function askedText({ budget, text }: AskedBudget, { granularity }: DeployFlags): string {
  return granularity === "element" && "ratio" in budget ? elementsText(budget.ratio) : text;
}

async function prune(
  source: Source,
  card: Uint8Array | null,
  budget: AskedBudget["budget"],
  flags: DeployFlags,
  invocation: Invocation,
): Promise<TargetResult> {
  const { signal, note, commandLine } = invocation;
  const calibration = await calibrationOf(source, card, flags, invocation);
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
