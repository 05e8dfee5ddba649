// MODEL --out DIR: from a model to a folder that TensorRT builds from.

import { basename, dirname, join } from "node:path";
import { applyStructural, keptUnits, openPlanData, openSubject, type TargetResult } from "@espalier/core";
import {
  type AskedBudget,
  addPruningOptions,
  asInputError,
  askedBudget,
  EXIT,
  type Invocation,
  type PruningFlags,
  phases,
  pruningOptions,
  userPath,
} from "@espalier/deploy";
import { EspalierError, readModel } from "@espalier/ir";
import type { NamedFile } from "@espalier/report";
import {
  checkFolderTarget,
  externalDataIn,
  nodeHost,
  nodeRuntime,
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

interface DeployFlags extends PruningFlags {
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
  addPruningOptions(command)
    .addHelpText("after", "\nExample\n  npm run -s deploy-tensorrt -- model.onnx --out for-gpu --ratio 0.25")
    .action((model: string, flags: DeployFlags) => deploy(userPath(model), flags, invocation));
}

async function deploy(
  path: string,
  flags: DeployFlags,
  { signal, commandLine, note }: Invocation,
): Promise<void> {
  const folder = userPath(flags.out);
  const { budget, text } = asked(flags);
  note(`${basename(path)}: ${text}; target tensorrt, ${flags.device}, seed ${flags.seed}`);
  checkFolderTarget(folder, FOLDER_FILES, { force: flags.force ?? false, inputs: [path] });
  const measured = flags.times === undefined ? {} : { measured: await readTimes(userPath(flags.times)) };
  const verdicts = { device: findDevice(flags.device), precision: flags.precision, ...measured };
  const bytes = await readModelFile(path, undefined, signal).catch((error) => {
    throw asInputError(error);
  });
  const external = externalDataIn(dirname(path));
  const host = nodeHost();
  const dims = flags.dim ?? {};
  if (flags.graphType === "float16" && flags.precision === "int8")
    throw new EspalierError("INVALID_OPTION", "A float16 file is not built in int8", {
      where: "--graph-type",
      expected: "--graph-type float32 with --precision int8",
      found: "--graph-type float16",
    });
  // What TensorRT cannot take is said before minutes of work.
  exportTensorRt(readModel(bytes, { external }), { dims });
  const result = await tensorrtTarget(verdicts).prune(bytes, {
    ...pruningOptions(flags),
    budget,
    granularity: flags.granularity,
    ...(flags.graphType === "float16" ? { export: { graphType: flags.graphType } } : {}),
    runtime: nodeRuntime(),
    host,
    external,
    // The plan is part of the model's bytes: it must not depend on where the file lies.
    sourcePath: basename(path),
    command: commandLine,
    signal,
    onProgress: phases(note),
  });
  const extra = await filesBeside(result, { dims, graphType: flags.graphType }, verdicts);
  const { artefactFiles, renderTerminal } = await import("@espalier/report"); // draws, so it loads much
  const { files, receipt } = await artefactFiles(result, host, { reports: ["html"], extra });
  await writeFolderAtomically(
    folder,
    files.map(({ path: name, bytes: content }) => ({ path: name, chunks: [content] })),
    { force: flags.force ?? false, inputs: [path], signal },
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

/** The pattern is a budget of its own; where another one is given the target says what is wrong with it. */
function asked(flags: DeployFlags): Pick<AskedBudget, "budget" | "text"> {
  if (flags.granularity !== "2:4") {
    const { budget, text, origin } = askedBudget(flags);
    return { budget, text: `${text}${origin}` };
  }
  const { budget } = askedBudget(flags, PATTERN_RATIO);
  return { budget, text: "keep two of every four weights in the layers that can carry it" };
}

/** The dense baseline, the script, and what is expected of each layer. */
async function filesBeside(
  result: TargetResult,
  { dims, graphType }: Required<Pick<TensorRtExportOptions, "dims" | "graphType">>,
  verdicts: Parameters<typeof eligibilityTable>[1],
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
