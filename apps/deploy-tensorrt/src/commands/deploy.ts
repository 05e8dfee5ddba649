// MODEL --out DIR: from a model to a folder that TensorRT builds from.

import { basename, dirname, join } from "node:path";
import { applyStructural, keptUnits, openPlanData, openSubject, type TargetResult } from "@espalier/core";
import {
  type ArtefactFlags,
  type AskedBudget,
  addArtefactOption,
  addPruningOptions,
  asInputError,
  askedBudget,
  EXIT,
  type Invocation,
  PATTERN_TEXT,
  type PruningFlags,
  phases,
  plannedText,
  pruningOptions,
  readArtefact,
  requireOnly,
  userPath,
} from "@espalier/deploy";
import { EspalierError, type ExternalData, readModel } from "@espalier/ir";
import type { NamedFile } from "@espalier/report";
import {
  checkFolderTarget,
  externalDataIn,
  nodeHost,
  nodeRuntime,
  openModelFolder,
  readModelFile,
  writeFolderAtomically,
} from "@espalier/runtime-node";
import {
  DEFAULT_DEVICE,
  DEVICES,
  eligibilityMarkdown,
  eligibilityTable,
  exportTensorRt,
  findDevice,
  type Precision,
  type TensorRtExportOptions,
  tensorrtTarget,
  trtexecScript,
} from "@espalier/tensorrt";
import { type Command, Option } from "commander";
import { DENSE_FILE, FOLDER_FILES, SCRIPT_FILE, TABLE_FILE, TABLE_PAGE } from "../folder-files.js";
import { readTimes } from "../read-times.js";

/** What 2:4 removes. */
const PATTERN_RATIO = 0.5;

interface DeployFlags extends PruningFlags, ArtefactFlags {
  readonly out: string;
  readonly force?: true;
  readonly granularity: string;
  readonly device: string;
  readonly precision: Precision;
  readonly graphType: "float32" | "float16";
  readonly times?: string;
}

export function deployCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command("deploy", { isDefault: true })
    .argument("<model>", "an ONNX file")
    .description(
      "prune a model, prove it, and write a folder that TensorRT builds from (the default command)",
    )
    .requiredOption("--out <dir>", "folder to write, whole or not at all")
    .option("--force", "replace a folder that Espalier did not write")
    .option(
      "--granularity <unit>",
      "auto: units, and 2:4 where it pays; channel: units alone; 2:4: the pattern alone",
      "auto",
    )
    .addOption(
      new Option("--device <name>", "whose peak figures layers are judged by")
        .choices(DEVICES.map(({ name }) => name))
        .default(DEFAULT_DEVICE),
    )
    .addOption(
      new Option("--precision <type>", "what engines are built in")
        .choices(["float16", "int8"])
        .default("float16"),
    )
    .addOption(
      new Option(
        "--graph-type <type>",
        "element type of weights and activations in the files; float16 builds a strongly typed network",
      )
        .choices(["float32", "float16"])
        .default("float32"),
    )
    .option("--times <dir>", "folder of an earlier run on the GPU: layers are judged by its times");
  addPruningOptions(addArtefactOption(command))
    .addHelpText("after", "\nExample\n  npm run -s deploy-tensorrt -- model.onnx --out for-gpu --ratio 0.25")
    .action((model: string, flags: DeployFlags) => {
      if (flags.from !== undefined) requireOnly(command, ["device", "precision", "times"]);
      return deploy(userPath(model), flags, invocation);
    });
}

async function deploy(path: string, flags: DeployFlags, invocation: Invocation): Promise<void> {
  const { signal } = invocation;
  const folder = userPath(flags.out);
  const from = flags.from === undefined ? null : userPath(flags.from);
  const rules = { force: flags.force ?? false, inputs: from === null ? [path] : [path, from] };
  checkFolderTarget(folder, FOLDER_FILES, rules);
  const measured = flags.times === undefined ? {} : { measured: await readTimes(userPath(flags.times)) };
  const verdicts = { device: findDevice(flags.device), precision: flags.precision, ...measured };
  const bytes = await readModelFile(path, undefined, signal).catch((error) => {
    throw asInputError(error);
  });
  const host = nodeHost();
  const source: Source = { path, bytes, external: externalDataIn(dirname(path)) };
  const result =
    from === null ? await prune(source, verdicts, flags, invocation) : await pruned(source, from, invocation);
  const { bindings, options } = result.plan;
  const dims = from === null ? (flags.dim ?? {}) : bindings;
  const graphType = options.export?.graphType === "float16" ? "float16" : "float32";
  requireBuildable(graphType, flags.precision);
  const extra = await filesBeside(result, { dims, graphType }, verdicts);
  const { artefactFiles, renderTerminal } = await import("@espalier/report"); // draws, so it loads much
  const { files, receipt } = await artefactFiles(result, host, { reports: ["html"], extra });
  await writeFolderAtomically(
    folder,
    files.map(({ path: name, bytes: content }) => ({ path: name, chunks: [content] })),
    { ...rules, signal },
  );
  const lines = [renderTerminal(receipt, { color: false }), `report: ${join(folder, "report.html")}`];
  if (receipt.artefact !== null)
    lines.push(
      `layers:  ${join(folder, TABLE_PAGE)}`,
      `on the GPU: bash ${SCRIPT_FILE}, then npm run -s deploy-tensorrt -- times ${flags.out}`,
    );
  process.stdout.write(`${lines.join("\n")}\n`);
  if (receipt.artefact === null) process.exitCode = EXIT.nothing;
}

type Verdicts = Parameters<typeof eligibilityTable>[1];

interface Source {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly external: ExternalData;
}

async function prune(
  { path, bytes, external }: Source,
  verdicts: Verdicts,
  flags: DeployFlags,
  { signal, commandLine, note }: Invocation,
): Promise<TargetResult> {
  const { budget, text } = asked(flags);
  note(`${basename(path)}: ${text}; target tensorrt, ${flags.device}, seed ${flags.seed}`);
  requireBuildable(flags.graphType, flags.precision);
  // What TensorRT cannot take is said before minutes of work.
  exportTensorRt(readModel(bytes, { external }), { dims: flags.dim ?? {} });
  return tensorrtTarget(verdicts).prune(bytes, {
    ...pruningOptions(flags),
    budget,
    granularity: flags.granularity,
    ...(flags.graphType === "float16" ? { export: { graphType: flags.graphType } } : {}),
    runtime: nodeRuntime(),
    host: nodeHost(),
    external,
    // The plan is part of the model's bytes: it must not depend on where the file lies.
    sourcePath: basename(path),
    command: commandLine,
    signal,
    onProgress: phases(note),
  });
}

async function pruned(
  { path, bytes, external }: Source,
  from: string,
  { note }: Invocation,
): Promise<TargetResult> {
  const artefact = { target: "tensorrt", bytes, external };
  const { result } = await readArtefact(openModelFolder(from), artefact, nodeHost());
  note(`${basename(path)}: ${plannedText(result.plan)}; pruned already, target tensorrt`);
  return result;
}

function requireBuildable(graphType: string, precision: Precision): void {
  if (graphType !== "float16" || precision !== "int8") return;
  throw new EspalierError("INVALID_OPTION", "A float16 file is not built in int8", {
    where: "--graph-type",
    expected: "--graph-type float32 with --precision int8",
    found: "--graph-type float16",
  });
}

/** The pattern is a budget of its own; where another one is given the target says what is wrong with it. */
function asked(flags: DeployFlags): Pick<AskedBudget, "budget" | "text"> {
  if (flags.granularity !== "2:4") {
    const { budget, text, origin } = askedBudget(flags);
    return { budget, text: `${text}${origin}` };
  }
  const { budget } = askedBudget(flags, PATTERN_RATIO);
  return { budget, text: PATTERN_TEXT };
}

/** The dense baseline, the script, and what is expected of each layer. */
async function filesBeside(
  result: TargetResult,
  { dims, graphType }: Required<Pick<TensorRtExportOptions, "dims" | "graphType">>,
  verdicts: Verdicts,
): Promise<NamedFile[]> {
  const { pruned, subject, plan, files } = result;
  // The float32 network where the artefact is of float16: layers are judged by the engine's precision.
  const model = files.find(({ role }) => role === "pruned") ?? files.find(({ role }) => role === "model");
  if (pruned === null || model === undefined) return [];
  const planFile = files.find(({ role }) => role === "plan");
  if (planFile === undefined) throw new EspalierError("IO", "The target gave no plan");
  const host = nodeHost();
  const data = await openPlanData(plan, files.find(({ role }) => role === "plan-data")?.bytes ?? null, host);
  const kept = keptUnits(plan.steps, data);
  const { baselineBytes } = applyStructural(subject, kept, plan, await host.sha256(planFile.bytes));
  const table = eligibilityTable(openSubject(model.bytes, { dims }), verdicts);
  const { shapes } = exportTensorRt(pruned, { dims });
  const script = trtexecScript({
    ...{ model: "model.onnx", baseline: DENSE_FILE, shapes, precision: verdicts.precision },
    stronglyTyped: graphType === "float16",
  });
  const [dense] =
    graphType === "float32"
      ? [{ bytes: baselineBytes }]
      : exportTensorRt(readModel(baselineBytes), { dims, graphType }).files;
  return [
    { path: DENSE_FILE, role: "dense baseline", bytes: dense?.bytes ?? baselineBytes },
    { path: SCRIPT_FILE, role: "script", bytes: encode(script) },
    { path: TABLE_FILE, role: "eligibility", bytes: encode(`${JSON.stringify(table, null, 2)}\n`) },
    { path: TABLE_PAGE, role: "eligibility", bytes: encode(eligibilityMarkdown(table)) },
  ];
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
