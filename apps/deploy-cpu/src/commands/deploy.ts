// MODEL --out DIR: from a model to a folder that can be served.

import { basename, join } from "node:path";
import { applyStructural, sliceSteps, type TargetResult } from "@espalier/core";
import { cpu } from "@espalier/cpu";
import type { Invocation } from "@espalier/deploy";
import {
  type ArtefactFlags,
  addArtefactOption,
  addPruningOptions,
  askedBudget,
  EXIT,
  type PruningFlags,
  phases,
  plannedText,
  pruningOptions,
  type ReadArtefact,
  readArtefact,
  requireOnly,
  userPath,
} from "@espalier/deploy";
import type { NamedFile } from "@espalier/report";
import {
  checkFolderTarget,
  nodeHost,
  nodeRuntime,
  openModelFolder,
  writeFolderAtomically,
} from "@espalier/runtime-node";
import type { Command } from "commander";
import { cardBeside } from "../folder/card.js";
import { DENSE_FILE, DENSE_ROLE, FOLDER_FILES } from "../folder/names.js";
import { readSource, type Source } from "../folder/source.js";

interface DeployFlags extends PruningFlags, ArtefactFlags {
  readonly out: string;
  readonly force?: true;
  readonly measure: boolean;
}

export function deployCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command("deploy", { isDefault: true })
    .argument("<model>", "an ONNX file")
    .description(
      "prune a model, prove and measure it, and write a folder that can be served (the default command)",
    )
    .requiredOption("--out <dir>", "folder to write, whole or not at all")
    .option("--force", "replace a folder that Espalier did not write")
    .option("--no-measure", "leave latency and memory out");
  addPruningOptions(addArtefactOption(command))
    .addHelpText("after", "\nExample\n  npm run -s deploy-cpu -- model.onnx --out deployed --ratio 0.5")
    .action((model: string, flags: DeployFlags) => {
      if (flags.from !== undefined) requireOnly(command, []);
      return deploy(userPath(model), flags, invocation);
    });
}

async function deploy(path: string, flags: DeployFlags, invocation: Invocation): Promise<void> {
  const { signal } = invocation;
  const folder = userPath(flags.out);
  const from = flags.from === undefined ? null : userPath(flags.from);
  const rules = { force: flags.force ?? false, inputs: from === null ? [path] : [path, from] };
  checkFolderTarget(folder, FOLDER_FILES, rules);
  const source = await readSource(path, signal);
  const host = nodeHost();
  const { result, card } =
    from === null
      ? { result: await prune(source, flags, invocation), card: null }
      : await pruned(source, from, invocation);
  const written = (await cardBeside(path)) ?? card;
  const extra: NamedFile[] = [];
  if (result.pruned !== null) extra.push(denseFile(result, await host.sha256(planBytes(result))));
  if (written !== null) extra.push({ path: "model.io.json", role: "input card", bytes: written });
  const { artefactFiles, renderTerminal } = await import("@espalier/report"); // draws, so it loads much
  const { files, receipt } = await artefactFiles(result, host, { reports: ["html"], extra });
  await writeFolderAtomically(
    folder,
    files.map(({ path: name, bytes }) => ({ path: name, chunks: [bytes] })),
    { ...rules, signal },
  );
  const lines = [renderTerminal(receipt, { color: false }), `report: ${join(folder, "report.html")}`];
  if (receipt.artefact !== null)
    lines.push(
      `serve:   npm run -s deploy-cpu -- serve ${flags.out} --port 8080`,
      `compare: npm run -s deploy-cpu -- compare ${flags.out}`,
    );
  process.stdout.write(`${lines.join("\n")}\n`);
  if (receipt.artefact === null) process.exitCode = EXIT.nothing;
}

async function prune(
  { path, bytes, external }: Source,
  flags: DeployFlags,
  { signal, commandLine, note }: Invocation,
): Promise<TargetResult> {
  const { budget, text, origin } = askedBudget(flags);
  note(`${basename(path)}: ${text}${origin}; target cpu, seed ${flags.seed}`);
  return cpu.prune(bytes, {
    ...pruningOptions(flags),
    budget,
    runtime: nodeRuntime(),
    host: nodeHost(),
    external,
    // The plan is part of the model's bytes: it must not depend on where the file lies.
    sourcePath: basename(path),
    measure: flags.measure,
    command: commandLine,
    signal,
    onProgress: phases(note),
  });
}

async function pruned(
  { path, bytes, external }: Source,
  from: string,
  { note }: Invocation,
): Promise<ReadArtefact> {
  const artefact = await readArtefact(openModelFolder(from), { target: "cpu", bytes, external }, nodeHost());
  note(`${basename(path)}: ${plannedText(artefact.result.plan)}; pruned already, target cpu`);
  return artefact;
}

/** The same model with the same clean-ups and nothing removed: what the pruned one is compared with. */
function denseFile({ subject, plan }: TargetResult, planSha256: string): NamedFile {
  const { baselineBytes } = applyStructural(subject, sliceSteps(plan.steps), plan, planSha256);
  return { path: DENSE_FILE, role: DENSE_ROLE, bytes: baselineBytes };
}

function planBytes({ files }: TargetResult): Uint8Array {
  const plan = files.find(({ role }) => role === "plan");
  if (plan === undefined) throw new Error("the target gave no plan");
  return plan.bytes;
}
